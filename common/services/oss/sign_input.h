// What both signatures of OSS are made from.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/net/http.h"

namespace millrace::oss {

// Decoded. An empty value stands for a bare name: the service treats `k` and `k=` alike.
using Query = std::vector<std::pair<std::string, std::string>>;

// A request as the service sees it, whatever the address style. Views into the caller's request.
struct SignInput {
    std::string_view method;
    std::string_view bucket;  // empty = the service itself
    std::string_view key;     // decoded; empty = the bucket itself
    const Query& query;
    const Headers& headers;  // names in any case
};

}  // namespace millrace::oss
