// The parameters of an ots reader (a whole table), checked. Coordinator and worker both read them
// from here.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "common/config/cell_types.h"
#include "common/config/job_spec.h"
#include "common/services/tablestore/config.h"

namespace millrace {

enum class TableReadMode : uint8_t {
    kNormal,        // one row per row of the table: the configured columns
    kMultiVersion,  // one row per cell version: keys…, column name, timestamp, value
};

// One column of normal mode: of the table, keys too, or the same value in every row.
struct TableColumn {
    std::string name;                  // empty for a constant
    std::optional<Constant> constant;  // never in multi-version mode
    bool operator==(const TableColumn&) const = default;
};

// One key value of a border of the range.
struct KeyBound {
    enum class Kind : uint8_t { kMin, kMax, kString, kInteger, kBinary };
    Kind kind = Kind::kMin;
    std::string text;     // of kString; of kInteger as given; of kBinary: the bytes
    int64_t integer = 0;  // of kInteger
    bool operator==(const KeyBound&) const = default;
};

struct TableReaderConfig {
    tablestore::Config address;
    std::string table;
    TableReadMode mode = TableReadMode::kNormal;
    // Empty = all. Normal mode: the keys, then the defined columns, then the names that the first
    // rows show. Multi-version mode: names of attribute columns only.
    std::vector<TableColumn> columns;
    // As given: may be shorter than the key, whose other columns are then to be filled so that the
    // direction stays (begin after end = backward). Empty = the whole table.
    std::vector<KeyBound> begin, end;
    // Values of the first key column, without kMin and kMax: they cut the range into one more piece
    // than there are points. Empty = the service proposes them.
    std::vector<KeyBound> split;
    // Of multi-version mode: versions of [time_begin_ms, time_end_ms), at most so many per column.
    int64_t time_begin_ms = 0;
    int64_t time_end_ms = std::numeric_limits<int64_t>::max();
    int max_versions = std::numeric_limits<int>::max();
};

// The job language has checked forms and bounds already; kConfig names what is still wrong. What
// only the table can tell (number and types of the keys) is not judged here.
Result<TableReaderConfig> read_ots_reader(const PluginSpec& reader);

// One column as scripts write it: {"name": "uid"} or {"type": "string", "value": "x"}.
Result<TableColumn> read_table_column(const nlohmann::json& item);

// One border value as scripts write it: {"type": "INF_MIN"} or {"type": "INT", "value": "7"}.
Result<KeyBound> read_key_bound(const nlohmann::json& item);

}  // namespace millrace
