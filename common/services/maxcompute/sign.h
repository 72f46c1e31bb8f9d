// Signatures of MaxCompute: HMAC-SHA1 over method, some headers and the resource.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/secret.h"
#include "common/base/time.h"
#include "common/net/http.h"

namespace millrace::maxcompute {

// Decoded. An empty value stands for a bare name.
using Query = std::vector<std::pair<std::string, std::string>>;

// A request as the service sees it. Views into the caller's request.
struct SignInput {
    std::string_view method;
    std::string_view path;  // decoded, without the endpoint's own path
    const Query& query;
    const Headers& headers;  // names in any case
};
std::string string_to_sign(const SignInput& request);

// Who signs. With a region the key is derived for the day, the region and the service (v4), else
// the secret itself signs (v2).
struct Signer {
    std::string_view access_id;
    const Secret& access_key;
    std::string_view region;
};
// The value of the header Authorization.
std::string authorization(const Signer& signer, std::string_view string_to_sign, TimePoint now);

}  // namespace millrace::maxcompute
