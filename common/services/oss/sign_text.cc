#include "common/services/oss/sign_text.h"

#include <algorithm>

namespace millrace::oss {

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

Headers signed_headers(const Headers& headers, std::string_view prefix,
                       std::span<const std::string_view> names) {
    Headers chosen;
    for (const auto& [name, value] : headers) {
        std::string lower = name;
        for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        const bool listed = std::find(names.begin(), names.end(), lower) != names.end();
        if (lower.starts_with(prefix) || listed) chosen.emplace_back(lower, trimmed(value));
    }
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

}  // namespace millrace::oss
