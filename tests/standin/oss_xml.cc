#include "tests/standin/oss_xml.h"

#include <algorithm>
#include <cstdint>
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

// The raw contents of all <name>…</name>; attributes are allowed, the same name inside is not.
std::optional<std::vector<std::string_view>> contents(std::string_view xml,
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

std::string text_of(std::string_view xml, const std::string& name) {
    const auto found = contents(xml, name);
    return found && !found->empty() ? unescape(found->front()) : std::string();
}

bool is_document(std::string_view xml, const std::string& root) {
    return contents(xml, root).value_or(std::vector<std::string_view>()).size() == 1;
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

std::optional<std::vector<SentPart>> read_part_list(std::string_view xml) {
    std::vector<SentPart> parts;
    if (xml.find("<CompleteMultipartUpload/>") != std::string_view::npos) return parts;
    if (!is_document(xml, "CompleteMultipartUpload")) return std::nullopt;
    const auto entries = contents(xml, "Part");
    if (!entries) return std::nullopt;
    for (std::string_view entry : *entries) {
        SentPart part;
        part.number = static_cast<uint32_t>(std::atoi(text_of(entry, "PartNumber").c_str()));
        part.etag = text_of(entry, "ETag");
        std::erase(part.etag, '"');
        parts.push_back(std::move(part));
    }
    return parts;
}

std::optional<SentKeys> read_delete_list(std::string_view xml) {
    if (!is_document(xml, "Delete")) return std::nullopt;
    const auto objects = contents(xml, "Object");
    if (!objects) return std::nullopt;
    SentKeys sent;
    for (std::string_view object : *objects) sent.keys.push_back(text_of(object, "Key"));
    sent.quiet = text_of(xml, "Quiet") == "true";
    return sent;
}

}  // namespace millrace::standin
