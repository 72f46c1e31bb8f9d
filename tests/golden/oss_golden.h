// Reading the golden vectors of OSS.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "common/crypto/digest.h"
#include "tests/golden/golden_dir.h"

namespace millrace {

// The file's JSON, or null when the folder is not there.
inline nlohmann::json read_golden_oss(const std::string& file) {
    const std::string folder = golden_dir("oss");
    if (folder.empty()) return nullptr;
    std::ifstream in(folder + "/" + file);
    if (!in) return nullptr;
    return nlohmann::json::parse(in);
}

// The test bytes of a seed: byte i = (131 i + 17 seed + (i >> 8)) mod 256.
inline std::string golden_pattern(size_t seed, size_t length) {
    std::string bytes(length, '\0');
    for (size_t i = 0; i < length; ++i) {
        bytes[i] = static_cast<char>((131 * i + 17 * seed + (i >> 8)) & 0xff);
    }
    return bytes;
}

// A body as the vectors write it.
inline std::string golden_body(const nlohmann::json& body) {
    if (body.contains("text")) return body["text"];
    if (body.contains("base64")) return from_base64(body["base64"].get<std::string>());
    if (body.contains("hex")) return from_hex(body["hex"].get<std::string>());
    if (body.contains("pattern_seed")) return golden_pattern(body["pattern_seed"], body["length"]);
    return {};
}

}  // namespace millrace

#define MILLRACE_GOLDEN_OSS(name, file)                            \
    const nlohmann::json name = ::millrace::read_golden_oss(file); \
    if (name.is_null()) GTEST_SKIP() << "oss/" << file << " is not there"
