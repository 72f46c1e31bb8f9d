// Pieces of rules that several plugins share. Use plugin_rules.h instead.
#pragma once

#include <string>

#include "common/config/parameter_values.h"

namespace millrace {

// An address with scheme and without a slash at its end; several with commas between them. User
// data in it would be printed.
void check_address(ParameterValues& values, const char* name, Findings& findings);
// Twice the same column is odd in a row and impossible in a document: a warning or an error.
void check_columns_once(const ParameterValues& values, bool in_document, Findings& findings);
// Where the i-th item of a list stands in the script.
Place place_of_item(const ParameterValues& values, const char* name, size_t i);
// Java's letters.
void check_date_format(const std::string& format, Place place, Findings& findings);
// DataX's name in MB sets our own in bytes, unless that is given too.
void take_megabytes(ParameterValues& values, const char* megabytes, const char* bytes,
                    Findings& findings);
// 0 when absent.
int64_t whole(const ParameterValues& values, const char* name);
// Takes a value out, with a note when it stands in the script.
void leave_out(ParameterValues& values, const char* name, const std::string& why,
               Findings& findings);

}  // namespace millrace
