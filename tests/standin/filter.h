// Column filters of reads and conditions of writes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tablestore.pb.h"
#include "tests/standin/datum.h"
#include "tests/standin/wire_rows.h"

namespace millrace::standin {

// One node of a filter. Immutable.
class Filter {
  public:
    // Throws OTSParameterInvalid. Empty bytes give a filter that keeps every row.
    static Filter parse(const std::string& bytes);

    // Looks at the columns of a row as selected, versions newest first.
    bool keeps(const Selected& columns) const;
    // Of a pagination filter: leaves `limit` columns from `offset` on. Others change nothing.
    void paginate(Selected& columns) const;

  private:
    static Filter parse(const std::string& bytes, int depth);
    bool compares(const Datum& value) const;

    int type_ = 0;  // 0 keeps everything
    tablestore::wire::SingleColumnValueFilter single_;
    Datum value_;
    tablestore::wire::LogicalOperator combinator_ = tablestore::wire::LO_AND;
    std::vector<Filter> children_;
    tablestore::wire::ColumnPaginationFilter pagination_;
};

}  // namespace millrace::standin
