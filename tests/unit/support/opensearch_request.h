// Requests to Alibaba OpenSearch signed by hand, independently of the client.
#pragma once

#include <map>
#include <string>

#include "common/crypto/digest.h"
#include "common/net/url.h"
#include "tests/standin/http_server.h"

namespace millrace {

struct OpenSearchSigner {
    std::string access_id = "testid", access_key = "testsecret";
    std::string date = "2026-11-21T10:00:00Z";
    int nonces = 0;

    standin::Request request(const std::string& method, const std::string& path,
                             const std::map<std::string, std::string>& pairs = {},
                             const std::string& body = {}) {
        std::string query;
        for (const auto& [name, value] : pairs) {
            query += (query.empty() ? "" : "&") + percent_encode(name, false) + "=" +
                     percent_encode(value, false);
        }
        const std::string nonce = "n" + std::to_string(++nonces);
        const std::string digest = body.empty() ? "" : hex(md5(body));
        const std::string text = method + "\n" + digest + "\napplication/json\n" + date +
                                 "\nx-opensearch-nonce:" + nonce + "\n" + path +
                                 (query.empty() ? "" : "?" + query);
        return {method,
                query.empty() ? path : path + "?" + query,
                {{"Content-MD5", digest},
                 {"Content-Type", "application/json"},
                 {"Date", date},
                 {"X-Opensearch-Nonce", nonce},
                 {"Authorization",
                  "OPENSEARCH " + access_id + ":" + base64(hmac_sha1(access_key, text))}},
                body};
    }
};

}  // namespace millrace
