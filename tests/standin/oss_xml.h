// The XML of OSS: answers as text, and the two small documents that clients send.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::standin {

std::string xml_text(std::string_view text);  // escaped
// <name>text</name>, the text escaped.
std::string xml_element(std::string_view name, std::string_view text);

struct SentPart {
    uint32_t number = 0;
    std::string etag;  // without quotes
};
// Nothing when the document is malformed.
std::optional<std::vector<SentPart>> read_part_list(std::string_view xml);
struct SentKeys {
    std::vector<std::string> keys;
    bool quiet = false;
};
std::optional<SentKeys> read_delete_list(std::string_view xml);

}  // namespace millrace::standin
