// Who asks OSS for what: addresses and signatures as the service reads them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "tests/standin/http_server.h"
#include "tests/standin/service.h"

namespace millrace::standin {

// What a request is about, everything decoded.
struct OssTarget {
    std::string bucket;  // empty = the service itself
    std::string key;     // empty = the bucket itself
    std::vector<std::pair<std::string, std::string>> query;
    bool virtual_host = false;

    // Null when absent; `k` and `k=` are alike.
    const std::string* parameter(std::string_view name) const;
    bool has(std::string_view name) const { return parameter(name) != nullptr; }
};
OssTarget parse_oss_target(const Request& request);

// The outcome of the signature check, with what it was made from.
struct OssAuth {
    int status = 200;  // else 400 or 403 with the error below
    std::string code, message;
    std::vector<std::pair<std::string, std::string>> details;  // further elements of the error
    std::string kind;               // "V1-header", "V1-url", "V4-header", "V4-url"
    std::string canonical_request;  // V4
    std::string string_to_sign;
    std::string sent, expected;  // signatures
    bool ok() const { return status == 200; }
};
OssAuth authenticate_oss(const Account& account, const Request& request, const OssTarget& target,
                         TimePoint now);

std::string oss_encode(std::string_view text);  // everything but A-Za-z0-9-_.~

}  // namespace millrace::standin
