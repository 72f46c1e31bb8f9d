// The quarantine of a run: records that the target can never take, kept with the reason.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/file_system.h"
#include "common/base/ids.h"
#include "common/record/change.h"
#include "worker/window/quarantine_sink.h"

namespace millrace {

// One dirty row. Views end with the call that takes it.
struct DirtyRow {
    ShardId shard;
    const Change* change = nullptr;
    size_t row = 0;      // of the change
    std::string reason;  // no record contents
    int column = -1;     // position in the job's column list, -1 = none
};

// A change that a keyed target refused when it was sent.
struct RefusedRow {
    ShardId shard;
    Sequence sequence;
    std::span<const Value> key;
    std::string reason;  // no record contents
    int column = -1;
    std::string content;  // as it was sent; may be empty
};

// One line of the file as it is read back.
struct QuarantineLine {
    ShardId shard;
    Sequence sequence;
    size_t row = 0;
    std::string reason;
    int column = -1;
    std::string column_name;
    std::string json;  // the whole line, with the record's values
};

// Makes the lines of a run's quarantine, one JSON line for each dirty row: the only texts with
// record contents. Thread-safe; one per run. `sink` outlives it. A line is keyed (run, shard,
// sequence, row): a crash between the line and the checkpoint repeats it.
class Quarantine {
  public:
    // `columns`: the job's column names, by position; `keys`: those of the table's key columns.
    Quarantine(QuarantineSink& sink, RunId run, std::vector<std::string> columns,
               std::vector<std::string> keys);

    // The line of one row, without its end. For callers that collect a batch while views are alive.
    // Of a record that the source could not read it holds the record's text.
    std::string line_of(const DirtyRow& row) const;
    std::string line_of_sent(const RefusedRow& row) const;
    // Stored when this returns ok, see QuarantineSink.
    Status add_lines(const ShardId& shard, std::span<const std::string> lines) const;

  private:
    QuarantineSink& sink_;
    const RunId run_;
    const std::vector<std::string> columns_;
    const std::vector<std::string> keys_;
};

// The lines of a quarantine file in their order, repeated ones dropped, and half lines of a crash
// skipped (their records come again). No file = no lines.
Result<std::vector<QuarantineLine>> read_quarantine(FileSystem& files, const std::string& path);

}  // namespace millrace
