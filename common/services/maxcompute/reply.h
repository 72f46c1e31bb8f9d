// What an answer of MaxCompute means: the one table of its error codes, and the errors' text.
#pragma once

#include <span>
#include <string_view>

#include "common/net/http.h"

namespace millrace::maxcompute {

struct ErrorRow {
    std::string_view service_code;
    Code code;
    // The number with which the REST service begins its message instead of using the code.
    std::string_view number = {};
    // What a person should do; may be empty.
    std::string_view hint = {};
};

// All codes that are known by name; others are judged by their HTTP status.
std::span<const ErrorRow> error_table();
const ErrorRow* find_error(std::string_view service_code);

// Success for 2xx. Otherwise the failure with its service_code: "MaxCompute refused to `what`: …".
Status status_of(const HttpAnswer& answer, std::string_view what);
// What is said of a SQL task that failed; `message` is its result.
Status sql_failure(std::string_view message, std::string_view what);

}  // namespace millrace::maxcompute
