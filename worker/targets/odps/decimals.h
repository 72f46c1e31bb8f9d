// Numbers as the text of a DECIMAL.
#pragma once

#include <string>
#include <string_view>

namespace millrace {

// "-12.340e1" -> "-123.4": plain digits without a needless zero, rounded half up to `scale` digits
// behind the point. False when `text` is no number or has more than `precision` - `scale` digits
// before it; `out` is then anything.
bool decimal_text(std::string_view text, int precision, int scale, std::string& out);

}  // namespace millrace
