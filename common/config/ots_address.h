// The connection parameters that all plugins of Tablestore share.
#pragma once

#include "common/config/job_spec.h"
#include "common/services/tablestore/config.h"

namespace millrace {

// Of the service: key columns of a table.
inline constexpr size_t kKeyColumnsMax = 4;

// `retries` = the plugin's name for the number of tries.
Result<tablestore::Config> read_ots_address(const PluginSpec& plugin, const char* retries);

}  // namespace millrace
