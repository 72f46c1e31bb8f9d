// A receipt for people; the whole of it is printed by --json.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace millrace::cli {

// Window, shards with their ends, objects with rows and checksums, notes. Names of objects beyond
// `objects_max` are counted.
std::string receipt_text(const nlohmann::json& receipt, size_t objects_max = 10);

}  // namespace millrace::cli
