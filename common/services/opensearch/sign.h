// The signature of API v3: HMAC-SHA1 over method, digest, type, date, the x-opensearch-* headers
// and the resource.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/secret.h"
#include "common/net/http.h"

namespace millrace::opensearch {

// Decoded; sorted as they are signed. Empty values are left out by one SDK and signed by another:
// none is sent.
using Query = std::map<std::string, std::string>;

// A request as the service sees it. Views into the caller's request.
struct SignInput {
    std::string_view method;
    std::string_view path;  // decoded
    const Query& query;
    const Headers& headers;  // names in any case; signed are those that the service signs
};

std::string string_to_sign(const SignInput& request);
// Base64.
std::string signature(const Secret& access_key, std::string_view string_to_sign);
// "a=1&b=%20", in the order that is signed.
std::string encoded_query(const Query& query);

}  // namespace millrace::opensearch
