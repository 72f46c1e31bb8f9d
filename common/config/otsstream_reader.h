// The parameters of an otsstream reader, checked. Coordinator and worker both read them from here.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/config/job_spec.h"
#include "common/services/tablestore/config.h"

namespace millrace {

enum class StreamMode : uint8_t {
    kColumn,  // one row per cell operation: keys…, column name, version, value, operation
    kRow,     // one row per PutRow or UpdateRow: the configured columns
              // (single_version_and_update_only)
};

struct StreamReaderConfig {
    tablestore::Config address;
    std::string table;
    std::string status_table;  // DataX's; empty = none
    StreamMode mode = StreamMode::kColumn;
    std::vector<std::string> columns;  // of row mode
    bool sequence_info = false;
    // Windows are not left to settle: they may end in the future, and follow one another when the
    // job names none.
    bool realtime = false;
    std::chrono::seconds window_length{60};  // of realtime
};

// The job language has checked forms and bounds already; kConfig names what is still wrong.
Result<StreamReaderConfig> read_otsstream_reader(const PluginSpec& reader);

}  // namespace millrace
