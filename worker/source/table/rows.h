// From a row of a table to the rows a target sees: DataX's two shapes of an ots reader.
#pragma once

#include <string>
#include <vector>

#include "common/codec/plainbuffer/model.h"
#include "common/config/ots_reader.h"
#include "common/record/change.h"
#include "worker/source/column_index.h"

namespace millrace {

struct TableRowShape {
    TableReadMode mode = TableReadMode::kNormal;
    // Normal mode: of the rows given. Multi-version mode: the attributes wanted, empty = all.
    std::vector<TableColumn> columns;
    std::vector<std::string> key_names;  // in the table's order
    // Normal mode: the columns were found by looking at some rows, so that a row with another one
    // is dirty. Else cells of other columns are passed over.
    bool columns_found = false;
};

// One per item, used by one thread. No allocation per row in steady state: what a change points to
// is used again by the next call.
class TableShaper {
  public:
    explicit TableShaper(TableRowShape shape);
    TableShaper(TableShaper&&) = delete;
    // Fills key, values and whether the row is dirty. Views point into the row's buffer and into
    // this object, until the next call.
    void shape(const plainbuffer::Row& row, Change& change);

  private:
    void shape_row(const plainbuffer::Row& row, Change& change);
    void shape_versions(const plainbuffer::Row& row, Change& change);
    void set(int column, const Value& value);

    const TableRowShape shape_;
    ColumnIndex columns_;           // of shape_.columns; constants have no name
    std::vector<int> key_columns_;  // column of each key column, -1 = not configured
    std::vector<int> twins_;        // the next column of the same name, -1 = none
    std::vector<Value> blank_;      // a row without cells: constants stand in it
    std::vector<Value> key_;
    std::vector<Value> values_;
    std::string reason_;
};

}  // namespace millrace
