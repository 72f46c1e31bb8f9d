// What an answer of OSS means: the one table of its error codes, and the errors' text.
#pragma once

#include <span>
#include <string_view>

#include "common/net/http.h"

namespace millrace::oss {

struct ErrorRow {
    std::string_view service_code;
    Code code;
    // Sent again once at most: then it is final.
    bool once = false;
    // What a person should do; may be empty.
    std::string_view hint = {};
};

// All codes that are known by name; others are judged by their HTTP status.
std::span<const ErrorRow> error_table();
const ErrorRow* find_error(std::string_view service_code);

// Success for 2xx. Otherwise the failure with its service_code: "OSS refused to `what`: …".
Status status_of(const HttpAnswer& answer, std::string_view what);

}  // namespace millrace::oss
