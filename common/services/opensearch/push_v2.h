// A push by the interface v2, for old applications: a signed form (key type ALIYUN).
#pragma once

#include "common/net/http.h"
#include "common/services/opensearch/config.h"
#include "common/services/opensearch/sign.h"

namespace millrace::opensearch {

// `parameters` without the signature; the documents are not signed when sign_mode says so.
std::string string_to_sign_v2(std::string_view method, Query parameters);
std::string signature_v2(const Secret& access_key, std::string_view string_to_sign);

// Replaces `form` by the request's body, which the caller keeps. `items` is a JSON array of
// operations. Every try needs a nonce of its own.
HttpRequest make_push_v2(const Config& config, std::string_view items, TimePoint now,
                         const std::string& nonce, std::string& form);

}  // namespace millrace::opensearch
