#include "common/services/tablestore/request.h"

#include "common/crypto/digest.h"
#include "common/services/tablestore/sign.h"

namespace millrace::tablestore {

HttpRequest to_http(const Config& config, const Request& request, TimePoint now) {
    HttpRequest http;
    http.method = Method::kPost;
    http.url = config.endpoint.origin() + "/" + std::string(request.action);
    http.body = request.body;
    http.headers = {{"x-ots-date", to_iso8601(now)},
                    {"x-ots-apiversion", "2015-12-31"},
                    {"x-ots-accesskeyid", config.access_id},
                    {"x-ots-instancename", config.instance},
                    {"x-ots-contentmd5", base64(md5(request.body))}};
    if (!config.sts_token.empty()) {
        http.headers.emplace_back("x-ots-ststoken", config.sts_token.reveal());
    }
    if (config.compress) http.headers.emplace_back("x-ots-response-compress-type", "deflate");
    if (config.region.empty()) {
        const std::string text = string_to_sign(request.action, http.headers);
        http.headers.emplace_back("x-ots-signature", signature_v2(config.access_key, text));
        return http;
    }
    const std::string date =
        to_compact(std::chrono::floor<std::chrono::milliseconds>(now)).substr(0, 8);
    http.headers.emplace_back("x-ots-signdate", date);
    http.headers.emplace_back("x-ots-signregion", config.region);
    const std::string text = string_to_sign(request.action, http.headers);
    const Secret key = key_v4(config.access_key, date, config.region);
    http.headers.emplace_back("x-ots-signaturev4", signature_v4(key, text));
    return http;
}

}  // namespace millrace::tablestore
