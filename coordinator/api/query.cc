#include "coordinator/api/query.h"

#include <charconv>

#include "common/net/url.h"

namespace millrace::api {

Query::Query(std::string_view text) {
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const size_t equals = pair.find('=');
        const std::string name = percent_decode(pair.substr(0, equals));
        if (name.empty()) continue;
        left_[name] = equals == pair.npos ? std::string() : percent_decode(pair.substr(equals + 1));
    }
}

uint64_t Query::number(const std::string& name, uint64_t otherwise, uint64_t most) {
    const std::string text = take(name);
    if (text.empty()) return otherwise;
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > most)
        fail("\"" + name + "\" must be a whole number up to " + std::to_string(most));
    return value;
}

bool Query::flag(const std::string& name) {
    const std::string text = take(name);
    if (!text.empty() && text != "true" && text != "false")
        fail("\"" + name + "\" must be true or false");
    return text == "true";
}

Status Query::end() {
    if (!left_.empty())
        fail("there is no parameter \"" + left_.begin()->first.substr(0, 40) + "\"");
    return status_;
}

std::string Query::take(const std::string& name) {
    const auto found = left_.find(name);
    if (found == left_.end()) return {};
    std::string value = std::move(found->second);
    left_.erase(found);
    return value;
}

void Query::fail(std::string text) {
    if (status_.ok()) status_ = config_error(std::move(text));
}

}  // namespace millrace::api
