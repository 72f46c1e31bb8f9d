#include "common/base/random.h"

#include <sys/random.h>

#include "common/base/check.h"

namespace millrace {

std::string Random::hex(size_t digits) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    while (text.size() < digits) {
        uint64_t bits = next();
        for (int i = 0; i < 16 && text.size() < digits; ++i, bits >>= 4) text += kDigits[bits & 15];
    }
    return text;
}

uint64_t SystemRandom::next() {
    uint64_t value = 0;
    MILLRACE_CHECK(getrandom(&value, sizeof value, 0) == sizeof value);
    return value;
}

}  // namespace millrace
