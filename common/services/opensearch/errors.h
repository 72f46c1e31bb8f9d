// The one table of the service's error numbers.
#pragma once

#include <span>
#include <string_view>

#include "common/base/status.h"

namespace millrace::opensearch {

struct ErrorRow {
    int number;
    // kDirtyRecord: one of the documents of a push, or all of them together, cannot be taken.
    Code code;
    // What a person should do; may be empty.
    std::string_view hint = {};
};

constexpr int kNonceUsed = 4005;
constexpr int kBadJson = 4007;  // also: a timestamp where the edition has none
constexpr int kDateExpired = 4010;

std::span<const ErrorRow> error_table();
// Null when the number is not known.
const ErrorRow* find_error(int number);

}  // namespace millrace::opensearch
