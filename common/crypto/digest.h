// Digests, message authentication codes and base64, over OpenSSL. All functions are thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace millrace {

// Raw bytes.
std::string md5(std::string_view bytes);
std::string sha256(std::string_view bytes);
std::string hmac_sha1(std::string_view key, std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

std::string base64(std::string_view bytes);
// Empty when `text` is not base64 (an empty text gives empty bytes too).
std::string from_base64(std::string_view text);
std::string hex(std::string_view bytes);      // lower case
std::string from_hex(std::string_view text);  // empty when not hex

}  // namespace millrace
