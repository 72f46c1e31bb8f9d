// Answers as the service signs them.
#pragma once

#include <google/protobuf/message_lite.h>
#include <zlib.h>

#include "common/crypto/digest.h"
#include "common/net/fake_http.h"
#include "common/services/tablestore/config.h"
#include "common/services/tablestore/sign.h"
#include "tablestore.pb.h"

namespace millrace::tablestore::test {

inline Config test_config(Settings settings = {}) {
    if (settings.endpoint.empty()) settings.endpoint = "http://127.0.0.1:9";
    settings.instance = "school";
    settings.access_id = "testid";
    settings.access_key = Secret("canary-secret");
    settings.max_retries = 2;
    return *make_config(settings);
}

inline void sign(std::string_view action, const Secret& key, HttpAnswer& answer) {
    answer.headers.emplace_back(
        "authorization",
        "OTS testid:" + response_signature(key, response_string_to_sign(action, answer.headers)));
}

// `extra` headers are signed too.
inline HttpAnswer signed_answer(std::string_view action, std::string_view body, int status = 200,
                                Headers extra = {}) {
    Headers headers = {{"x-ots-contentmd5", base64(md5(body))},
                       {"x-ots-contenttype", "protocol buffer"},
                       {"x-ots-requestid", "r-1"},
                       {"x-ots-date", "2023-11-14T22:13:20.000Z"}};
    for (const auto& [name, value] : extra) {
        std::erase_if(headers, [&](const auto& header) { return header.first == name; });
        headers.emplace_back(name, value);
    }
    HttpAnswer answer = FakeHttp::answer(status, body, std::move(headers));
    sign(action, Secret("canary-secret"), answer);
    return answer;
}

inline HttpAnswer error_answer(std::string_view action, int status, const std::string& code,
                               const std::string& message = "no reason", Headers extra = {}) {
    wire::Error error;
    error.set_code(code);
    error.set_message(message);
    return signed_answer(action, error.SerializeAsString(), status, std::move(extra));
}

inline HttpAnswer compressed_answer(std::string_view action, const std::string& body) {
    std::string packed(compressBound(body.size()), '\0');
    uLongf size = packed.size();
    compress(reinterpret_cast<Bytef*>(packed.data()), &size,
             reinterpret_cast<const Bytef*>(body.data()), body.size());
    packed.resize(size);
    return signed_answer(action, packed, 200,
                         {{"x-ots-response-compress-type", "deflate"},
                          {"x-ots-response-compress-size", std::to_string(body.size())}});
}

}  // namespace millrace::tablestore::test
