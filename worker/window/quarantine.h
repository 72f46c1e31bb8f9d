// The quarantine of a run: records that the target can never take, kept with the reason.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/file_system.h"
#include "common/base/ids.h"
#include "common/record/change.h"

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

// Appends to `<state>/quarantine/<run>.jsonl`, one JSON line for each dirty row; the only file with
// record contents, for its owner only. Thread-safe; one per run. `files` outlives it.
// A line is keyed (run, shard, sequence, row): a crash between the line and the checkpoint repeats
// it.
class Quarantine {
  public:
    // `columns`: the job's column names, by position; `keys`: those of the table's key columns.
    Quarantine(FileSystem& files, const std::string& state_folder, RunId run,
               std::vector<std::string> columns, std::vector<std::string> keys);

    // On disk when this returns: called before the position moves. All or, after an error, part of
    // the lines are there.
    Status add(std::span<const DirtyRow> rows);
    // The line of one row, without its end. For callers that collect a batch while views are alive.
    // Of a record that the source could not read it holds the record's text.
    std::string line_of(const DirtyRow& row) const;
    std::string line_of_sent(const RefusedRow& row) const;
    Status add_lines(std::span<const std::string> lines);

    const std::string& path() const { return path_; }

  private:
    Status prepare();

    FileSystem& files_;
    const std::string folder_;
    const RunId run_;
    const std::vector<std::string> columns_;
    const std::vector<std::string> keys_;
    const std::string path_;
    std::mutex mutex_;
    bool prepared_ = false;
    bool torn_ = false;  // the file may end in half a line
};

// The lines of a quarantine file in their order, repeated ones dropped, and half lines of a crash
// skipped (their records come again). No file = no lines.
Result<std::vector<QuarantineLine>> read_quarantine(FileSystem& files, const std::string& path);

}  // namespace millrace
