// Reading what the ledger keeps as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "common/base/status.h"

namespace millrace::oss {

// `read` fills a T from the parsed text and says whether it could; what it throws becomes kCorrupt.
template <typename T, typename Read>
Result<T> read_ledger_json(const std::string& text, const char* what, Read read) {
    try {
        T value;
        if (read(nlohmann::json::parse(text), value)) return value;
    } catch (const nlohmann::json::exception&) {
        // said below
    }
    return Status(Code::kCorrupt, std::string("the ledger's ") + what + " cannot be read");
}

}  // namespace millrace::oss
