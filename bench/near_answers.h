// What the parts of the cloud in memory make their answers of.
#pragma once

#include <string>
#include <string_view>

#include "common/net/http.h"

namespace millrace::bench {

constexpr const char* kNearAccessId = "bench";
constexpr const char* kNearAccessKey = "bench-key";

HttpAnswer ok(std::string_view body, Headers headers = {});
// The headers of an answer of Tablestore, with its checksum and signature.
Headers signed_headers(std::string_view action, std::string_view body);
bool has(const HttpRequest& request, std::string_view part);

}  // namespace millrace::bench
