// Small pieces that both signatures share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/net/http.h"

namespace millrace::oss {

// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

// The headers whose lower-cased name begins with `prefix` or is one of `names`: lower-cased names,
// trimmed values, sorted by name.
Headers signed_headers(const Headers& headers, std::string_view prefix,
                       std::span<const std::string_view> names);

}  // namespace millrace::oss
