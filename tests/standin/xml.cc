#include "tests/standin/xml.h"

#include <algorithm>
#include <cstdlib>

namespace millrace::standin {
namespace {

std::string unescape(std::string_view text) {
    static constexpr std::pair<std::string_view, char> kEntities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    std::string plain;
    while (!text.empty()) {
        const auto* entity = std::find_if(std::begin(kEntities), std::end(kEntities),
                                          [&](const auto& e) { return text.starts_with(e.first); });
        if (entity != std::end(kEntities)) {
            plain += entity->second;
            text.remove_prefix(entity->first.size());
        } else if (text.starts_with("&#")) {
            const bool hexadecimal = text.starts_with("&#x");
            const std::string digits(text.substr(hexadecimal ? 3 : 2, 8));
            // Only single bytes: nobody sends others this way.
            plain += static_cast<char>(std::strtol(digits.c_str(), nullptr, hexadecimal ? 16 : 10));
            text.remove_prefix(std::min(text.find(';'), text.size() - 1) + 1);
        } else {
            plain += text.front();
            text.remove_prefix(1);
        }
    }
    return plain;
}

}  // namespace

std::string xml_text(std::string_view text) {
    std::string escaped;
    for (char c : text) {
        if (c == '&') {
            escaped += "&amp;";
        } else if (c == '<') {
            escaped += "&lt;";
        } else if (c == '>') {
            escaped += "&gt;";
        } else {
            escaped += c;
        }
    }
    return escaped;
}

std::string xml_element(std::string_view name, std::string_view text) {
    const std::string tag(name);
    return "<" + tag + ">" + xml_text(text) + "</" + tag + ">";
}

std::optional<std::vector<std::string_view>> xml_contents(std::string_view xml,
                                                          const std::string& name) {
    std::vector<std::string_view> found;
    const std::string close = "</" + name + ">";
    for (size_t at = 0; (at = xml.find("<" + name, at)) != std::string_view::npos;) {
        const size_t after = at + 1 + name.size();
        const char next = after < xml.size() ? xml[after] : '\0';
        at = after;
        if (next != '>' && next != ' ') continue;  // a longer name
        const size_t begin = xml.find('>', after) + 1;
        const size_t end = xml.find(close, begin);
        if (begin == 0 || end == std::string_view::npos) return std::nullopt;
        found.push_back(xml.substr(begin, end - begin));
        at = end + close.size();
    }
    return found;
}

std::string xml_value(std::string_view xml, const std::string& name) {
    const auto found = xml_contents(xml, name);
    if (!found || found->empty()) return {};
    std::string_view text = found->front();
    static constexpr std::string_view kBegin = "<![CDATA[", kEnd = "]]>";
    if (text.starts_with(kBegin) && text.ends_with(kEnd)) {
        return std::string(text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size()));
    }
    return unescape(text);
}

}  // namespace millrace::standin
