// Names as a text for people.
#pragma once

#include <string>
#include <vector>

namespace millrace {

// "a, b, c"
inline std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace millrace
