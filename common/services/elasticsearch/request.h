// Requests of a search server: address, authentication, content type.
#pragma once

#include <string>
#include <string_view>

#include "common/net/http.h"
#include "common/services/elasticsearch/config.h"

namespace millrace::elasticsearch {

enum class ContentType : uint8_t { kJson, kLines };

// A request before it gets an endpoint; the body is kept by the caller while it is under way.
struct RequestSpec {
    Method method = Method::kGet;
    std::string target = {};  // path and query, beginning with '/'
    std::string_view body = {};
    ContentType type = ContentType::kJson;
    bool gzip = false;  // `body` is compressed
};

// Basic authentication is sent at once, without waiting for a challenge.
HttpRequest make_request(const Config& config, const Endpoint& endpoint, const RequestSpec& spec);

// "/name" with the index percent-encoded, then `rest`.
std::string index_path(std::string_view index, std::string_view rest = {});

}  // namespace millrace::elasticsearch
