// Rows to Parquet files, one file after the other. The same rows give the same bytes.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "common/base/buffer.h"
#include "common/base/hash128.h"
#include "common/codec/parquet/schema.h"
#include "common/config/time_zone.h"
#include "common/record/value.h"

namespace millrace::parquet {

struct WriterOptions {
    TimeZone zone;  // of texts that are dates, and of dates that become texts
    ParquetCompression compression = ParquetCompression::kNone;
    // A row group ends with the first append that reaches either of them: memory is bounded also
    // when rows are wide.
    uint64_t row_group_rows = 65'536;
    uint64_t row_group_bytes = 16 << 20;  // of the values, not compressed
};

// What rows add up to (P10): of each row XXH3-128 of its stored values, in the order of the leaf
// columns. A leaf of a repeated column: the number of its entries (4 bytes), then per entry the
// repetition level (1 byte) and what follows here; one that is not repeated has one entry. An
// entry: the definition level (1 byte, unless it is always 0), and the value, if there is one, as
// Parquet's PLAIN encoding has it (a boolean is one byte). Numbers are little-endian.
using RowSum = Sum128;

// Used by one thread. Between begin() and finish() the bytes of one file are appended to the
// buffer, whole row groups at a time; its owner may take them away at any moment.
class Writer {
  public:
    // kConfig when this program is built without Parquet or the schema cannot be written.
    static Result<std::unique_ptr<Writer>> create(const Schema& schema,
                                                  const WriterOptions& options, Buffer& out);
    virtual ~Writer() = default;

    struct Outcome {
        int dirty_column = -1;    // -1 = the rows were appended
        std::string_view reason;  // static; no record contents
        bool ok() const { return dirty_column < 0; }
    };

    virtual Status begin() = 0;
    // Appends `rows` rows, one after the other in `values`, all or none of them; missing values
    // are nulls. Their sum is added to `sum`.
    virtual Outcome append(std::span<const Value> values, size_t rows, RowSum& sum) = 0;
    // Of the rows that are in no row group yet.
    virtual uint64_t open_bytes() const = 0;
    // Writes the open row group when it is full.
    virtual Status close_full_group() = 0;
    // Writes the open row group and the end of the file.
    virtual Status finish() = 0;
};

}  // namespace millrace::parquet
