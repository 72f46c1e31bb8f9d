// Access to the golden vectors of Tablestore.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/golden/golden_dir.h"

namespace millrace::test {

// The vectors of a file; an empty array when the folder or the file is not there.
inline nlohmann::json tablestore_vectors(const std::string& file) {
    std::ifstream in(golden_dir("tablestore") + "/" + file);
    return in ? nlohmann::json::parse(in).at("vectors") : nlohmann::json::array();
}

}  // namespace millrace::test

// The vectors of a file as `name`; without them the test is skipped by the file's name.
#define MILLRACE_TABLESTORE_VECTORS(name, file)                             \
    const nlohmann::json name = ::millrace::test::tablestore_vectors(file); \
    if (name.empty()) GTEST_SKIP() << "no golden vectors: tablestore/" << (file)
