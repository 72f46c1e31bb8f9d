// Signature V4: a key derived per day and region, HMAC-SHA256 over the whole request but its body.
#pragma once

#include <span>

#include "common/base/secret.h"
#include "common/services/oss/sign_input.h"

namespace millrace::oss {

// Where a signature is valid.
struct ScopeV4 {
    std::string date;  // "20261121"
    std::string region;
    std::string product = "oss";
    // "20261121/cn-hangzhou/oss/aliyun_v4_request"
    std::string text() const;
};

// `additional` are lower-case names of headers that are signed besides content-type, content-md5
// and x-oss-*; sorted. A query parameter x-oss-signature is left out (signed URLs).
std::string canonical_request_v4(const SignInput& request,
                                 std::span<const std::string_view> additional);
// `timestamp` is the value of x-oss-date, or of Date where that is not sent.
std::string string_to_sign_v4(const ScopeV4& scope, std::string_view timestamp,
                              std::string_view canonical_request);
// Lower-case hex.
std::string signature_v4(const Secret& access_key, const ScopeV4& scope,
                         std::string_view string_to_sign);

}  // namespace millrace::oss
