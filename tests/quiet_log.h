// The log of a test program: kept while a test runs, shown when it fails or MILLRACE_TEST_LOG=1.
#pragma once

#include <string>

namespace millrace {

// What the running test has logged so far.
std::string test_log();

}  // namespace millrace
