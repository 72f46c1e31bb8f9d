// The golden vectors of MaxCompute as the stand-in's tests read them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/golden/golden_dir.h"
#include "tests/standin/http_server.h"

namespace millrace::standin {

// The file's JSON, or null when the folder is not there.
inline nlohmann::json read_golden_odps(const std::string& file) {
    std::ifstream in(golden_dir("maxcompute") + "/" + file);
    return in ? nlohmann::json::parse(in) : nlohmann::json();
}

// A request as it was sent; those of the REST service have /api in their path.
inline Request golden_odps_request(const nlohmann::json& one) {
    Request request;
    request.method = one["method"];
    request.target = one["path"].get<std::string>() + '?' + one["query"].get<std::string>();
    for (const auto& header : one["headers"]) request.headers.emplace_back(header[0], header[1]);
    return request;
}

// Every exchange of every file, with the name of its file.
inline void each_golden_odps_exchange(
    const std::function<void(const std::string&, const nlohmann::json&)>& visit) {
    const std::string folder = golden_dir("maxcompute");
    if (folder.empty()) return;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().filename();
        if (!file.starts_with("exchange-")) continue;
        const nlohmann::json content = read_golden_odps(file);
        for (const auto& one : content["exchanges"]) visit(file, one);
    }
}

}  // namespace millrace::standin

#define MILLRACE_GOLDEN_ODPS(name, file)                                     \
    const nlohmann::json name = ::millrace::standin::read_golden_odps(file); \
    if (name.is_null()) GTEST_SKIP() << "maxcompute/" << file << " is not there"
