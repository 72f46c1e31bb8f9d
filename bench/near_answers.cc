#include "bench/near_answers.h"

#include "common/crypto/digest.h"
#include "common/services/tablestore/sign.h"

namespace millrace::bench {

HttpAnswer ok(std::string_view body, Headers headers) {
    HttpAnswer answer;
    answer.status = 200;
    answer.headers = std::move(headers);
    answer.body.append(body);
    return answer;
}

Headers signed_headers(std::string_view action, std::string_view body) {
    Headers headers = {{"x-ots-contentmd5", base64(md5(body))},
                       {"x-ots-contenttype", "application/x.pb2"},
                       {"x-ots-date", "2023-11-15T00:00:00.000Z"},
                       {"x-ots-requestid", "00000000-0000-0000-0000-000000000000"}};
    const std::string text = tablestore::response_string_to_sign(action, headers);
    headers.emplace_back("authorization",
                         std::string("OTS ") + kNearAccessId + ":" +
                             tablestore::response_signature(Secret(kNearAccessKey), text));
    return headers;
}

bool has(const HttpRequest& request, std::string_view part) {
    return request.url.find(part) != std::string::npos;
}

}  // namespace millrace::bench
