// One request to OSS, from its meaning to signed HTTP.
#pragma once

#include "common/net/http.h"
#include "common/services/oss/config.h"
#include "common/services/oss/sign_input.h"

namespace millrace::oss {

struct Request {
    Method method = Method::kGet;
    std::string key = {};  // of the object; empty = the bucket itself
    Query query = {};
    Headers headers = {};
    std::string_view body = {};  // kept alive by the caller, see HttpRequest
    HttpTimeouts timeouts = {};
};

// Addressed and signed for `now`: by V4 when the region is known, else by V1.
HttpRequest to_http(const Config& config, const Request& request, TimePoint now);

}  // namespace millrace::oss
