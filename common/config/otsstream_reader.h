// The parameters of an otsstream reader, checked. Coordinator and worker both read them from here.
#pragma once

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
    bool realtime = false;
};

// The job language has checked forms and bounds already; kConfig names what is still wrong.
Result<StreamReaderConfig> read_otsstream_reader(const PluginSpec& reader);

}  // namespace millrace
