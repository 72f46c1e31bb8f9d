// Change records as rows of an object.
#pragma once

#include "common/codec/csv.h"
#include "worker/targets/rows.h"

namespace millrace {

// Immutable, usable from any thread.
class OssEncoder {
  public:
    explicit OssEncoder(CsvFormat format) : csv_(std::move(format)) {}

    // Appends the rows of a change and counts them; never kFull. A dropped or dirty change leaves
    // everything as it was.
    Append append(const Change& change, Buffer& out, RowCounts& counts) const;
    void append_header(std::span<const std::string> names, Buffer& out) const {
        csv_.append_header(names, out);
    }

  private:
    CsvEncoder csv_;
};

}  // namespace millrace
