// From a decoded change record to the rows a target sees: DataX's two shapes of an otsstream
// reader.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/codec/plainbuffer/model.h"
#include "common/config/otsstream_reader.h"
#include "common/record/change.h"
#include "worker/source/column_index.h"

namespace millrace {

struct RowShape {
    StreamMode mode = StreamMode::kRow;
    std::vector<std::string> columns;    // of row mode
    std::vector<std::string> key_names;  // in the table's order
    bool sequence_info = false;          // a last column with the record's place in the stream
    ShardId shard;
};

// One per item, used by one thread. No allocation per record in steady state: what a change points
// to is used again by the next call.
class RowShaper {
  public:
    explicit RowShaper(RowShape shape);
    // Fills everything of `change` that follows from the record. Views point into the record's
    // buffer and into this object, until the next call.
    void shape(const plainbuffer::Row& record, ChangeKind kind, Change& change);

  private:
    void shape_row(const plainbuffer::Row& record, ChangeKind kind, const Sequence& sequence,
                   Change& change);
    void shape_columns(const plainbuffer::Row& record, ChangeKind kind, const Sequence& sequence,
                       Change& change);
    void add_operation(const Value& column, const Value& version, const Value& value,
                       std::string_view operation);
    std::string_view sequence_text(const Sequence& sequence, std::optional<size_t> index);

    RowShape shape_;
    ColumnIndex columns_;             // of shape_.columns
    std::vector<int> key_positions_;  // column of each key column, -1 = not configured
    std::vector<Value> key_;
    std::vector<Value> values_;
    std::string text_;  // holds sequence texts; reserved before views into it are made
};

}  // namespace millrace
