// One request to OpenSearch, from its meaning to signed HTTP.
#pragma once

#include "common/net/http.h"
#include "common/services/opensearch/config.h"
#include "common/services/opensearch/sign.h"

namespace millrace::opensearch {

struct Request {
    Method method = Method::kGet;
    std::string path = {};  // decoded, below the application: "/main/actions/bulk"
    Query query = {};
    std::string_view body = {};      // JSON, kept alive by the caller, see HttpRequest
    std::string_view body_md5 = {};  // hex; needed with a body
};

// "2026-11-21T10:00:00Z"
std::string to_date(TimePoint time);

// Addressed and signed for `now`. Every try of a request needs a nonce of its own.
HttpRequest to_http(const Config& config, const Request& request, TimePoint now,
                    const std::string& nonce);

}  // namespace millrace::opensearch
