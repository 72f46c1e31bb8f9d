// The parameters of an odps writer (a MaxCompute table), checked. Coordinator and worker both read
// them from here.
#pragma once

#include <string>
#include <vector>

#include "common/config/odps_address.h"
#include "common/config/odps_partition.h"

namespace millrace {

// What `truncate` clears before a window of a stream job is visible. Full exports overwrite every
// time with both.
enum class TruncateScope : uint8_t {
    kPartition,  // the partition once: the task's first window into it; later ones append
    kInstance,   // every window overwrites, as DataX does to the letter
};

struct OdpsWriterConfig {
    OdpsAddress address;
    std::string table;
    OdpsPartition partition;           // all levels; empty = the table has none
    std::vector<std::string> columns;  // in the reader's order; empty = all, without partitions'
    bool truncate = false;
    TruncateScope truncate_scope = TruncateScope::kPartition;
    bool empty_as_null = false;  // "" of a string column
    uint64_t block_bytes = 0;    // a block is cut at the first row end from here on
    bool compress = false;
    std::string time_zone;  // IANA name: that of dates without one
};

// The job language has checked forms and bounds already; kConfig names what is still wrong.
Result<OdpsWriterConfig> read_odps_writer(const PluginSpec& writer);

}  // namespace millrace
