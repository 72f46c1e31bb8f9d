#include "common/config/odps_partition.h"

#include <algorithm>

#include "common/config/ascii.h"

namespace millrace {
namespace {

constexpr size_t kLevelsMax = 6;
constexpr size_t kValueBytesMax = 255;

bool is_name(std::string_view text) {
    const auto plain = [](char c) {
        return ascii::is_letter(c) || (c >= '0' && c <= '9') || c == '_';
    };
    return !text.empty() && text.size() <= 128 && ascii::is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), plain);
}

Result<std::pair<std::string, std::string>> parse_level(std::string_view text, bool pattern) {
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
        return config_error("\"" + std::string(text) + "\" must be name=value");
    }
    const std::string name(ascii::trimmed(text.substr(0, equals)));
    const std::string value(ascii::trimmed(text.substr(equals + 1)));
    if (!is_name(name)) {
        return config_error("\"" + name + "\" is no name of a partition column");
    }
    if (value.empty()) return config_error("\"" + name + "\" has no value");
    if (value.find('=') != std::string::npos) {
        return config_error("the value of \"" + name + "\" holds a =");
    }
    if (!pattern && value.find('*') != std::string::npos) {
        return config_error("the value of \"" + name + "\" holds a *: one partition is written");
    }
    if (value.size() > kValueBytesMax) {
        return config_error("the value of \"" + name + "\" is longer than 255 bytes");
    }
    return std::pair{name, value};
}

}  // namespace

Result<OdpsPartition> parse_odps_partition(std::string_view text, bool pattern) {
    std::string bare;
    for (const char c : text) {
        if (c != '\'' && c != '"') bare += c;
    }
    OdpsPartition partition;
    std::string_view rest = ascii::trimmed(bare);
    while (!rest.empty()) {
        const size_t end = std::min(rest.find_first_of(",/"), rest.size());
        MILLRACE_ASSIGN(auto level, parse_level(ascii::trimmed(rest.substr(0, end)), pattern));
        for (const auto& [name, value] : partition) {
            if (ascii::same_without_case(name, level.first)) {
                return config_error("\"" + name + "\" stands twice");
            }
        }
        partition.push_back(std::move(level));
        if (end == rest.size()) break;
        rest.remove_prefix(end + 1);
        if (ascii::trimmed(rest).empty()) return config_error("a separator stands at the end");
    }
    if (partition.size() > kLevelsMax) return config_error("there are at most 6 levels");
    return partition;
}

std::string to_text(const OdpsPartition& partition) {
    std::string text;
    for (const auto& [name, value] : partition) {
        text += (text.empty() ? "" : ",") + name + "=" + value;
    }
    return text;
}

}  // namespace millrace
