// Numbers as the texts that land in csv and JSON.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

constexpr size_t kIntegerTextMax = 20;
constexpr size_t kDoubleTextMax = 352;

// Both write at `out`, which has room for the maximum above, and return the end. No zero is added.
inline char* write_integer(char* out, int64_t value) {
    return std::to_chars(out, out + kIntegerTextMax, value).ptr;
}
// The shortest digits that read back, as Java prints them but without an exponent: 1.0,
// 10000000000, 0.00000010, NaN, -Infinity. Minus zero is 0.0.
char* write_double(char* out, double value);

std::string double_text(double value);

// Numbers from texts as DataX reads them: decimal, with a fraction or an exponent where wanted.
// A fraction is cut off; nothing when `text` is no such number or does not fit.
std::optional<int64_t> read_integer(std::string_view text);
// Also NaN, Infinity and -Infinity, in exactly these letters.
std::optional<double> read_double(std::string_view text);

}  // namespace millrace
