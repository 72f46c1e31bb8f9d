// Content-Encoding of the tunnel: deflate (with a zlib header) and none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::standin {

std::string zlib_deflate(std::string_view bytes);
// Nothing when the bytes are not one whole zlib stream.
std::optional<std::string> zlib_inflate(std::string_view bytes);

}  // namespace millrace::standin
