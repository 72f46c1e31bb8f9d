// Answers of the API: JSON, and problems as RFC 9457 has them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "common/base/status.h"
#include "common/net/http_server.h"

namespace millrace::api {

ServerResponse json_answer(int status, const nlohmann::json& content);

// {"type": "urn:millrace:problem:<code>", "title", "status", "detail", "code"}
ServerResponse problem(int status, std::string_view code, const std::string& detail);
// The status that a failure of an operation has, and its text as the detail.
ServerResponse problem(const Status& why);

// The other way round, for clients: what an answer with this HTTP status and body means. Ok for
// 2xx.
Status status_of_answer(int status, std::string_view body);

}  // namespace millrace::api
