// Where the golden vectors are.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace millrace {

// The folder of one system ("oss", "tablestore"): below MILLRACE_GOLDEN_DIR when that is set in the
// environment, else below tests/golden. Empty when it is not there: the test is skipped.
inline std::string golden_dir(const std::string& system) {
    const char* root = std::getenv("MILLRACE_GOLDEN_DIR");
    const std::string folder =
        (root ? std::string(root) : std::string(MILLRACE_SOURCE_DIR) + "/tests/golden") + "/" +
        system;
    return std::filesystem::is_directory(folder) ? folder : std::string();
}

}  // namespace millrace
