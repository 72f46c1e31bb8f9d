// Who asks Alibaba OpenSearch for what: signatures of API v3 and of the two kinds of v2.
#pragma once

#include <map>
#include <string>

#include "common/base/time.h"
#include "tests/standin/http_server.h"
#include "tests/standin/service.h"

namespace millrace::standin {

// Decoded; of a query, or of a form in the body.
using OpenSearchPairs = std::map<std::string, std::string>;
OpenSearchPairs parse_pairs(std::string_view text);

// The outcome of the check, with what it was made from.
struct OpenSearchAuth {
    int code = 0;  // else the error's number
    std::string message = {};
    std::string kind = {};  // "v3", "v2-aliyun", "v2-opensearch"
    std::string string_to_sign = {};
    std::string sent = {}, expected = {};  // signatures
    std::string nonce = {};  // that must be new; empty = this kind repeats it within a second
    bool ok() const { return code == 0; }
};

// Headers: Authorization, Content-MD5 (of the body as it came), Date, X-Opensearch-Nonce.
OpenSearchAuth authenticate_v3(const Account& account, const Request& request, TimePoint now);
// `pairs` of the query and of the form together.
OpenSearchAuth authenticate_v2(const Account& account, const Request& request,
                               const OpenSearchPairs& pairs, TimePoint now);

}  // namespace millrace::standin
