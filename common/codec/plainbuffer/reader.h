// Reads PlainBuffers to views into the buffer. Every length and every checksum is checked.
#pragma once

#include <string_view>

#include "common/base/status.h"
#include "common/codec/plainbuffer/model.h"

namespace millrace::plainbuffer {

// Rows of a request or an answer: a header, any number of rows, perhaps zero bytes behind the last
// one (some clients pad). Used by one thread. Nothing is allocated once `row` has grown to the
// widest row.
class RowReader {
  public:
    // `bytes` outlives the rows read.
    explicit RowReader(std::string_view bytes) : rest_(bytes) {}
    // The next row, or false at the end. kCorrupt: malformed; no more rows may be read.
    Result<bool> next(Row& row);
    // The bytes of the row last read, from its tag to its checksum.
    std::string_view row_bytes() const { return row_bytes_; }

  private:
    std::string_view rest_;
    std::string_view row_bytes_;
    bool begun_ = false;
};

// A buffer that must hold exactly one row (padding allowed).
Status read_row(std::string_view bytes, Row& row);

// A stream record: exactly one row, consumed to its last byte, with its sequence; key values and
// cells as records have them (no bounds, no increments, a timestamp on every put cell).
Status read_record(std::string_view bytes, Row& row);

// A value without its outer length, as partition bounds and filters carry it.
Result<KeyValue> read_bare_value(std::string_view bytes);

}  // namespace millrace::plainbuffer
