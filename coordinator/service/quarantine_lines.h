// What a receipt says of a run's quarantine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace millrace {

// Lines as workers make them, one for each dirty row; repeated ones count once. Without contents of
// records.
std::vector<nlohmann::json> quarantine_entries(const std::vector<std::string>& lines);

}  // namespace millrace
