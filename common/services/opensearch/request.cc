#include "common/services/opensearch/request.h"

namespace millrace::opensearch {
std::string to_date(TimePoint time) {
    std::string text = to_iso8601(time);
    text.resize(19);
    return text + "Z";
}

HttpRequest to_http(const Config& config, const Request& request, TimePoint now,
                    const std::string& nonce) {
    const std::string path = "/v3/openapi/apps/" + config.app + request.path;
    HttpRequest http;
    http.method = request.method;
    http.url = config.endpoint.origin() + percent_encode(path, true);
    if (!request.query.empty()) http.url += '?' + encoded_query(request.query);
    http.body = request.body;
    http.headers = {{"Date", to_date(now)}, {"X-Opensearch-Nonce", nonce}};
    if (!request.body.empty()) {
        http.headers.emplace_back("Content-Type", "application/json");
        http.headers.emplace_back("Content-MD5", request.body_md5);
    }
    if (!config.sts_token.empty()) {
        http.headers.emplace_back("X-Opensearch-Security-Token", config.sts_token.reveal());
    }
    const std::string text =
        string_to_sign({name_of(request.method), path, request.query, http.headers});
    http.headers.emplace_back("Authorization", "OPENSEARCH " + config.access_id + ":" +
                                                   signature(config.access_key, text));
    return http;
}

}  // namespace millrace::opensearch
