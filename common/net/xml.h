// A small reader for the XML in which services answer, and an escaper for what we send them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace millrace {

// One element with everything below it.
struct XmlElement {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;  // entities resolved
    std::string text;  // entities resolved, the texts between children joined
    std::vector<XmlElement> children;

    const XmlElement* child(std::string_view child_name) const;         // the first, or nullptr
    std::string_view text_of(std::string_view child_name) const;        // of the first, or empty
    std::string_view attribute(std::string_view attribute_name) const;  // or empty
};

// The document's root element. Text between the children of an element is dropped when it is blank.
// kCorrupt when the text is not well formed, deeper than 32 elements or longer than 16 MiB.
// Document type declarations are refused.
Result<XmlElement> parse_xml(std::string_view text);

// `text` with & < > " ' as entities. Control characters that XML cannot hold become "?".
std::string xml_escape(std::string_view text);

}  // namespace millrace
