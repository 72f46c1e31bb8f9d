// How services say no: what their tables of errors and the texts for people have in common.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace millrace {

// What the service did not say is empty.
struct Refusal {
    std::string_view service;  // its name for people
    std::string_view what;     // it refused to do
    int http_status = 0;       // 0: one row of an answer that as a whole succeeded
    std::string_view code = {};
    std::string_view message = {};
    std::string_view request_id = {};
    std::string_view hint = {};  // what a person should do
};

// OSS refused to read a: HTTP status 403 AccessDenied, "no" (request id 1); check accessId
std::string to_text(const Refusal& refusal);

// The first row of a table of errors with this value; nullptr = there is none.
template <typename Row, typename Value>
const Row* find_row(std::span<const Row> table, Value Row::*member, const Value& value) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Row& row) { return row.*member == value; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace millrace
