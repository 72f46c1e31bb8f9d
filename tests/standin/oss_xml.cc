#include "tests/standin/oss_xml.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

bool is_document(std::string_view xml, const std::string& root) {
    return xml_contents(xml, root).value_or(std::vector<std::string_view>()).size() == 1;
}

}  // namespace

std::optional<std::vector<SentPart>> read_part_list(std::string_view xml) {
    std::vector<SentPart> parts;
    if (xml.find("<CompleteMultipartUpload/>") != std::string_view::npos) return parts;
    if (!is_document(xml, "CompleteMultipartUpload")) return std::nullopt;
    const auto entries = xml_contents(xml, "Part");
    if (!entries) return std::nullopt;
    for (std::string_view entry : *entries) {
        SentPart part;
        part.number = static_cast<uint32_t>(std::atoi(xml_value(entry, "PartNumber").c_str()));
        part.etag = xml_value(entry, "ETag");
        std::erase(part.etag, '"');
        parts.push_back(std::move(part));
    }
    return parts;
}

std::optional<SentKeys> read_delete_list(std::string_view xml) {
    if (!is_document(xml, "Delete")) return std::nullopt;
    const auto objects = xml_contents(xml, "Object");
    if (!objects) return std::nullopt;
    SentKeys sent;
    for (std::string_view object : *objects) sent.keys.push_back(xml_value(object, "Key"));
    sent.quiet = xml_value(xml, "Quiet") == "true";
    return sent;
}

}  // namespace millrace::standin
