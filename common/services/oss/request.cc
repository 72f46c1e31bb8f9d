#include "common/services/oss/request.h"

#include "common/net/http_date.h"
#include "common/services/oss/sign_v1.h"
#include "common/services/oss/sign_v4.h"

namespace millrace::oss {
namespace {

std::string url_of(const Config& config, const Request& request) {
    std::string url = config.bucket_url() + "/" + percent_encode(request.key, true);
    char separator = '?';
    for (const auto& [name, value] : request.query) {
        url += std::exchange(separator, '&');
        url += percent_encode(name, false);
        if (!value.empty()) url += "=" + percent_encode(value, false);
    }
    return url;
}

// "20261121T100000Z"
std::string to_basic_iso8601(TimePoint time) {
    std::string text = to_compact(std::chrono::floor<std::chrono::milliseconds>(time));
    text.resize(15);
    return text + "Z";
}

void sign_by_v4(const Config& config, const SignInput& input, TimePoint now, Headers& headers) {
    const std::string timestamp = to_basic_iso8601(now);
    headers.emplace_back("x-oss-date", timestamp);
    headers.emplace_back("x-oss-content-sha256", "UNSIGNED-PAYLOAD");
    const ScopeV4 scope{timestamp.substr(0, 8), config.region};
    const std::string text = string_to_sign_v4(scope, timestamp, canonical_request_v4(input, {}));
    headers.emplace_back("Authorization",
                         "OSS4-HMAC-SHA256 Credential=" + config.access_id + "/" + scope.text() +
                             ",Signature=" + signature_v4(config.access_key, scope, text));
}

void sign_by_v1(const Config& config, const SignInput& input, TimePoint now, Headers& headers) {
    const std::string date = to_http_date(now);
    headers.emplace_back("Date", date);
    const std::string text = string_to_sign_v1(input, date);
    headers.emplace_back("Authorization",
                         "OSS " + config.access_id + ":" + signature_v1(config.access_key, text));
}

}  // namespace

HttpRequest to_http(const Config& config, const Request& request, TimePoint now) {
    HttpRequest http;
    http.method = request.method;
    http.url = url_of(config, request);
    http.headers = request.headers;
    http.body = request.body;
    http.timeouts = request.timeouts;
    if (!config.sts_token.empty()) {
        http.headers.emplace_back("x-oss-security-token", config.sts_token.reveal());
    }
    const SignInput input{name_of(request.method), config.bucket, request.key, request.query,
                          http.headers};
    if (config.region.empty()) {
        sign_by_v1(config, input, now, http.headers);
    } else {
        sign_by_v4(config, input, now, http.headers);
    }
    return http;
}

}  // namespace millrace::oss
