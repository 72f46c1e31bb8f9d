// Rows and their sum in the bytes of a csv or text object, as the writer made it (P10).
#pragma once

#include <string>
#include <string_view>

#include "common/base/hash128.h"
#include "common/codec/csv.h"

namespace millrace {

// Fed piece by piece. A line end within quotes is part of its row; bytes behind the last line end
// count as a row.
class RowSums {
  public:
    RowSums(const CsvFormat& format, bool has_header)
        : format_(format), skip_(has_header ? 1 : 0) {}

    void add(std::string_view piece);
    uint64_t rows() const { return rows_ + (open_row() ? 1 : 0); }
    Sum128 sum() const;

  private:
    bool open_row() const { return !row_.empty() && skip_ == 0; }
    void end_row(std::string_view row);

    const CsvFormat format_;
    uint64_t skip_;
    bool quoted_ = false;
    std::string row_;  // that is not at its end
    uint64_t rows_ = 0;
    Sum128 sum_;
};

}  // namespace millrace
