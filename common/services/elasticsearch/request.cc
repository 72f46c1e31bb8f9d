#include "common/services/elasticsearch/request.h"

#include "common/crypto/digest.h"

namespace millrace::elasticsearch {

HttpRequest make_request(const Config& config, const Endpoint& endpoint, const RequestSpec& spec) {
    HttpRequest request;
    request.method = spec.method;
    request.url = endpoint.origin() + endpoint.path + spec.target;
    request.body = spec.body;
    request.timeouts.total = config.timeout;
    // A busy server says nothing while it works on a bulk.
    request.timeouts.stall = std::min<Duration>(config.timeout, std::chrono::seconds(120));
    if (!config.user.empty()) {
        request.headers.emplace_back(
            "Authorization", "Basic " + base64(config.user + ":" + config.password.reveal()));
    }
    if (!spec.body.empty()) {
        const bool lines = spec.type == ContentType::kLines;
        request.headers.emplace_back("Content-Type",
                                     lines ? "application/x-ndjson" : "application/json");
        if (spec.gzip) request.headers.emplace_back("Content-Encoding", "gzip");
    }
    return request;
}

std::string index_path(std::string_view index, std::string_view rest) {
    return "/" + percent_encode(index, false) + std::string(rest);
}

}  // namespace millrace::elasticsearch
