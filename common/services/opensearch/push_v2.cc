#include "common/services/opensearch/push_v2.h"

#include "common/crypto/digest.h"
#include "common/services/opensearch/request.h"

namespace millrace::opensearch {

std::string string_to_sign_v2(std::string_view method, Query parameters) {
    const auto mode = parameters.find("sign_mode");
    if (mode != parameters.end() && mode->second == "1") parameters.erase("items");
    return std::string(method) + "&%2F&" + percent_encode(encoded_query(parameters), false);
}

std::string signature_v2(const Secret& access_key, std::string_view string_to_sign) {
    return base64(hmac_sha1(access_key.reveal() + "&", string_to_sign));
}

HttpRequest make_push_v2(const Config& config, std::string_view items, TimePoint now,
                         const std::string& nonce, std::string& form) {
    Query parameters = {{"Version", "v2"},           {"AccessKeyId", config.access_id},
                        {"Timestamp", to_date(now)}, {"SignatureMethod", "HMAC-SHA1"},
                        {"SignatureVersion", "1.0"}, {"SignatureNonce", nonce},
                        {"action", "push"},          {"table_name", config.table},
                        {"sign_mode", "1"}};
    parameters["Signature"] =
        signature_v2(config.access_key, string_to_sign_v2("POST", parameters));
    form = encoded_query(parameters) + "&items=" + percent_encode(items, false);
    HttpRequest http;
    http.method = Method::kPost;
    http.url = config.endpoint.origin() + "/index/doc/" + config.app;
    http.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}};
    http.body = form;
    return http;
}

}  // namespace millrace::opensearch
