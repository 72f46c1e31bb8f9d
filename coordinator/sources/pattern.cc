#include "coordinator/sources/pattern.h"

namespace millrace {
namespace {

// A byte that goes on a character of UTF-8.
bool goes_on(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

// The usual walk: on a mismatch the last star takes one more character.
bool matches_pattern(std::string_view name, std::string_view pattern, std::string_view wildcards) {
    const auto wild = [&](size_t at, char c) {
        return pattern[at] == c && wildcards.find(c) != std::string_view::npos;
    };
    size_t n = 0, p = 0, star = std::string_view::npos, after_star = 0;
    while (n < name.size()) {
        if (p < pattern.size() && wild(p, '*')) {
            star = p++;
            after_star = n;
        } else if (p < pattern.size() && wild(p, '?')) {
            ++p, ++n;
            while (n < name.size() && goes_on(name[n])) ++n;
        } else if (p < pattern.size() && pattern[p] == name[n]) {
            ++p, ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace millrace
