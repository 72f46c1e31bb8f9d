// Signature V1: HMAC-SHA1 over method, type, date, the x-oss-* headers and the resource.
#pragma once

#include "common/base/secret.h"
#include "common/services/oss/sign_input.h"

namespace millrace::oss {

// `date` is the Date header as sent, or the value of Expires in a signed URL.
std::string string_to_sign_v1(const SignInput& request, std::string_view date);
// Base64.
std::string signature_v1(const Secret& access_key, std::string_view string_to_sign);

}  // namespace millrace::oss
