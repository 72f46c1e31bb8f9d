// The parameters of an ots writer (rows of a table), checked. Coordinator and worker both read them
// from here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/config/cell_types.h"
#include "common/config/job_spec.h"
#include "common/services/tablestore/config.h"

namespace millrace {

enum class TableWriteMode : uint8_t {
    kPut,     // the whole row is replaced; nulls are left out
    kUpdate,  // nulls delete the column
    kDelete,  // the row is deleted
};

struct TableWriterConfig {
    tablestore::Config address;
    std::string table;
    // The reader's rows: key values first, in this order, then `columns`; in multi-version mode:
    // key values, column name, timestamp, value.
    std::vector<NamedType> primary_key;  // kString, kInteger or kBinary
    // Whether the types of `primary_key` stand in the script; else those of the table hold.
    bool primary_key_typed = true;
    std::vector<NamedType> columns;  // empty in multi-version mode
    TableWriteMode mode = TableWriteMode::kUpdate;
    bool multi_version = false;
    uint32_t batch_rows = 0;   // a request ends at whichever comes first
    uint64_t batch_bytes = 0;  // of names and values
    // Of multi-version mode: names must begin with it, and lose it; empty = any name.
    std::string name_prefix;
    std::optional<int64_t> default_timestamp_ms;  // of cells that bring none; else the service's
    bool propagate_deletes = false;               // of stream sources: deletes delete the row
};

// The job language has checked forms and bounds already; kConfig names what is still wrong.
Result<TableWriterConfig> read_ots_writer(const PluginSpec& writer);

}  // namespace millrace
