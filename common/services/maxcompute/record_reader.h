// The bytes of a row range -> rows.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/codec/crc32c.h"
#include "common/services/maxcompute/record_format.h"

namespace millrace::maxcompute {

// One value, by the form of its column (record_format.h).
struct Field {
    bool null = true;
    int32_t nanos = 0;  // of a time: 0..999'999'999
    union {
        int64_t integer =
            0;        // whole numbers, days, milliseconds, months; seconds of a time; 0 or 1
        double real;  // of FLOAT and DOUBLE
    };
    std::string_view bytes;  // texts, binaries, decimals; a view into the stream
};

// Reads a whole stream that lies in memory; the stream and the columns (in the order in which the
// range was asked for) outlive it. Used by one thread.
class RecordReader {
  public:
    RecordReader(std::span<const Column> columns, std::string_view stream);

    // Fills `fields`, one for each column. False: the stream ended, and its count and checksum are
    // right. kCorrupt: the bytes fail a check; nothing of this record may be used. kConfig: a
    // column's type cannot be read.
    Result<bool> next(std::vector<Field>& fields);

    uint64_t records() const { return records_; }  // read so far

  private:
    Status broken(std::string_view why) const;
    std::optional<uint64_t> varint();
    std::optional<std::string_view> take(size_t length);
    Status read_field(uint32_t tag, std::vector<Field>& fields);
    Status read_value(FieldForm form, Field& field);
    Status read_time(Field& field);
    Status end_record();
    Status footer();
    Status read_checksum(uint32_t expected, const char* of);

    std::span<const Column> columns_;
    const char* begin_;
    const char* at_;
    const char* end_;
    Crc32c record_crc_, stream_crc_;
    uint64_t records_ = 0;
};

// Reads it all, so that a stream is known to be whole before its first row is used: how many rows.
Result<uint64_t> check_stream(std::span<const Column> columns, std::string_view stream);

}  // namespace millrace::maxcompute
