// Signatures of requests and answers. V2 is HMAC-SHA1 with the secret; V4 is HMAC-SHA256 with a key
// that holds for one day and region.
#pragma once

#include <string>
#include <string_view>

#include "common/base/secret.h"
#include "common/net/http.h"

namespace millrace::tablestore {

// "/<action>\nPOST\n\n" and the x-ots- headers in order. Headers that carry a signature are left
// out, all others are signed, known or not. Names in any case.
std::string string_to_sign(std::string_view action, const Headers& headers);
// The same of an answer: the x-ots- headers, then "/<action>".
std::string response_string_to_sign(std::string_view action, const Headers& headers);

std::string signature_v2(const Secret& access_key, std::string_view text);

// Base64 text, used as it is. `date` = "20261121".
Secret key_v4(const Secret& access_key, std::string_view date, std::string_view region);
// `text` is string_to_sign(); V4 appends the service's name itself.
std::string signature_v4(const Secret& key, std::string_view text);

// Answers are signed by HMAC-SHA1 always: with the secret, or the V4 key of the request.
std::string response_signature(const Secret& key, std::string_view text);

}  // namespace millrace::tablestore
