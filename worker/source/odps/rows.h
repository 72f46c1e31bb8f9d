// From the stored fields of a row to the values of the job's columns.
#pragma once

#include "common/record/value.h"
#include "common/services/maxcompute/partition.h"
#include "common/services/maxcompute/read_columns.h"
#include "common/services/maxcompute/record_reader.h"
#include "worker/source/odps/time_texts.h"

namespace millrace {

// Used by one thread.
class StoredRows {
  public:
    // `table`: the stored columns, in their order.
    StoredRows(std::vector<maxcompute::ReadColumn> columns,
               const std::vector<maxcompute::Column>& table,
               const maxcompute::PartitionSpec& partition, TimeTexts texts);
    StoredRows(StoredRows&&) = delete;

    // The stored columns that are needed, in the table's order.
    const std::vector<maxcompute::Column>& fetched() const { return fetched_; }
    // `fields`: one for each of fetched(). -1 = values() are those of the row, and end with it or
    // with the next call; else the position of a column that holds a time outside of the years 1
    // to 9999, which is null in values().
    int read(std::span<const maxcompute::Field> fields);
    std::span<const Value> values() const { return values_; }

  private:
    struct Cell {
        size_t field = 0;  // in fetched_
        size_t value = 0;  // in values_
        maxcompute::ColumnType type;
        TimeText text;  // where a time's text lies
    };
    bool convert(const maxcompute::Field& field, Cell& cell, Value& value) const;
    bool convert_time(const maxcompute::Field& field, Cell& cell, Value& value) const;

    const std::vector<maxcompute::ReadColumn> columns_;
    const maxcompute::PartitionSpec partition_;
    const TimeTexts texts_;
    std::vector<maxcompute::Column> fetched_;
    std::vector<Cell> cells_;    // what changes from row to row
    std::vector<Value> values_;  // constants and partition values stand in it for good
};

}  // namespace millrace
