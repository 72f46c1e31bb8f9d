// XML as the services of the stand-in need it: answers as text, elements of small documents.
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

// The raw contents of all <name>…</name>; attributes are allowed, the same name inside is not.
// Nothing when one is not closed.
std::optional<std::vector<std::string_view>> xml_contents(std::string_view xml,
                                                          const std::string& name);
// The text of the first <name>, unescaped or out of its CDATA; empty when there is none.
std::string xml_value(std::string_view xml, const std::string& name);

}  // namespace millrace::standin
