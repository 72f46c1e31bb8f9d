// Change records as records of a block.
#pragma once

#include <vector>

#include "common/services/maxcompute/written_columns.h"
#include "worker/targets/odps/cells.h"
#include "worker/targets/rows.h"

namespace millrace {

// Used by one thread.
class OdpsEncoder {
  public:
    // `columns` as written_columns() gives them. Rows may be shorter: the rest stays null.
    // kConfig when the time zone is not known.
    static Result<OdpsEncoder> create(std::vector<maxcompute::WrittenColumn> columns,
                                      const CellRules& rules);

    // Appends the rows of a change and counts them; never kFull. A dropped or dirty change leaves
    // everything as it was.
    Append append(const Change& change, maxcompute::RecordWriter& writer, RowCounts& counts);

  private:
    OdpsEncoder(std::vector<maxcompute::WrittenColumn> columns, CellWriter cells);
    std::string_view append_row(std::span<const Value> row, maxcompute::RecordWriter& writer,
                                int& dirty_column);

    std::vector<maxcompute::WrittenColumn> columns_;  // in the table's order
    CellWriter cells_;
};

}  // namespace millrace
