#include "common/services/maxcompute/partition.h"

#include <algorithm>

namespace millrace::maxcompute {
namespace {

// Without quotes, and without blanks at both ends.
std::string cleaned(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c != '\'' && c != '"') out += c;
    }
    const size_t first = out.find_first_not_of(" \t");
    if (first == std::string::npos) return {};
    return out.substr(first, out.find_last_not_of(" \t") - first + 1);
}

std::string joined(const PartitionSpec& spec, std::string_view quote) {
    std::string text;
    for (const auto& [key, value] : spec) {
        if (!text.empty()) text += ',';
        text.append(key).append("=").append(quote).append(value).append(quote);
    }
    return text;
}

}  // namespace

Result<PartitionSpec> parse_partition(std::string_view text) {
    PartitionSpec spec;
    const std::string whole(text);
    while (!text.empty()) {
        const size_t end = std::min(text.find_first_of(",/"), text.size());
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const size_t equals = part.find('=');
        std::string key = cleaned(part.substr(0, equals));
        std::string value;
        if (equals != std::string_view::npos) value = cleaned(part.substr(equals + 1));
        if (key.empty() || value.empty()) {
            return config_error("partition \"" + whole +
                                "\" must be name=value for each level, joined by commas, as "
                                "\"pt=20170101,region=x\"");
        }
        // Percent and plus are read in two ways by the official clients and services.
        if (value.find_first_of("=%+\\") != std::string::npos) {
            return config_error("partition \"" + whole +
                                "\" has a value with one of = % + \\, which does not reach the "
                                "service unchanged");
        }
        spec.emplace_back(std::move(key), std::move(value));
    }
    return spec;
}

std::string partition_text(const PartitionSpec& spec) {
    return joined(spec, "");
}

std::string partition_quoted(const PartitionSpec& spec) {
    return joined(spec, "'");
}

}  // namespace millrace::maxcompute
