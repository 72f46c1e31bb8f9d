#include "tests/sim/history.h"

#include <cstdio>

namespace millrace::sim {

void History::note(Duration when, std::string_view who, std::string_view what,
                   std::string_view more) {
    ++events_;
    hash_ = XXH3_64bits_withSeed(&events_, sizeof events_, hash_);
    const int64_t micros = when.count();
    hash_ = XXH3_64bits_withSeed(&micros, sizeof micros, hash_);
    for (const std::string_view text : {who, what, more}) {
        hash_ = XXH3_64bits_withSeed(text.data(), text.size(), hash_);
    }
    if (!print_) return;
    std::printf("%11.6f  %-6.*s  %-18.*s  %.*s\n", static_cast<double>(micros) / 1e6,
                static_cast<int>(who.size()), who.data(), static_cast<int>(what.size()),
                what.data(), static_cast<int>(more.size()), more.data());
}

}  // namespace millrace::sim
