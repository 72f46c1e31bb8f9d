// The parameters of an odps reader (a MaxCompute table), checked. Coordinator and worker both read
// them from here.
#pragma once

#include <string>
#include <vector>

#include "common/config/odps_address.h"
#include "common/config/odps_partition.h"

namespace millrace {

enum class OdpsSplitMode : uint8_t {
    kRecord,     // pieces of `slice_rows` rows of a partition
    kPartition,  // one piece per partition
};

struct OdpsReadColumn {
    enum class Kind : uint8_t {
        kName,      // a column, or a partition column
        kAll,       // all columns that are no partition columns
        kConstant,  // `text` in every row; written as 'text'
    };
    Kind kind = Kind::kName;
    std::string text;
    bool operator==(const OdpsReadColumn&) const = default;
};

struct OdpsReaderConfig {
    OdpsAddress address;
    std::string table;
    std::vector<OdpsPartition> partitions;  // values may hold *; empty = the table has none
    std::vector<OdpsReadColumn> columns;    // never empty
    OdpsSplitMode split_mode = OdpsSplitMode::kRecord;
    bool success_on_no_partition = false;  // patterns without a match are no error
    uint64_t slice_rows = 0;
    bool compress = false;
    std::string time_zone;  // IANA name: that in which dates are shown
};

// The job language has checked forms and bounds already; kConfig names what is still wrong.
Result<OdpsReaderConfig> read_odps_reader(const PluginSpec& reader);

}  // namespace millrace
