// The one table of the service's error codes.
#pragma once

#include <span>
#include <string_view>

#include "common/base/status.h"

namespace millrace::tablestore {

struct ErrorRow {
    std::string_view service_code;
    Code code;
    // What a person should do; may be empty.
    std::string_view hint = {};
};

// All codes that are known by name; others are judged by their HTTP status.
std::span<const ErrorRow> error_table();
const ErrorRow* find_error(std::string_view service_code);

struct ServiceError {
    std::string_view service_code;  // may be empty
    std::string_view message;
    std::string_view request_id;
    int http_status = 0;  // 0: the error of one row in an answer that as a whole succeeded
};

// "Tablestore refused to `what`: …" with the service's code.
Status status_of(const ServiceError& error, std::string_view what);

}  // namespace millrace::tablestore
