// Reading the golden vectors of Alibaba OpenSearch.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/golden/golden_dir.h"

namespace millrace {

// The file's JSON, or null when the folder is not there.
inline nlohmann::json read_golden_opensearch(const std::string& file) {
    const std::string folder = golden_dir("opensearch");
    if (folder.empty()) return nullptr;
    std::ifstream in(folder + "/" + file);
    if (!in) return nullptr;
    return nlohmann::json::parse(in);
}

}  // namespace millrace

#define MILLRACE_GOLDEN_OPENSEARCH(name, file)                            \
    const nlohmann::json name = ::millrace::read_golden_opensearch(file); \
    if (name.is_null()) GTEST_SKIP() << "opensearch/" << file << " is not there"
