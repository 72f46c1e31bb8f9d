// Rows as csv or plain delimited text, with DataX's rules of quoting.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/base/buffer.h"
#include "common/codec/dates.h"
#include "common/record/value.h"

namespace millrace {

struct CsvFormat {
    // csv: a field is quoted when it holds a quote, the delimiter or the line end, and as the first
    // of a row also when it is empty or begins with '#', as the last one also when it ends in \r;
    // quotes are doubled. False = text: joined as is.
    bool quoting = true;
    char delimiter = ',';         // no quote, no NUL, not in line_end
    std::string line_end = "\n";  // csv: one character
    std::string null_text = "null";
    bool trim = false;    // drop all characters up to U+0020 at both ends of a field, as DataX does
    bool base64 = false;  // binary values as base64; otherwise they must be UTF-8
    // A DatePattern for instants and days; empty = yyyy-MM-dd HH:mm:ss and yyyy-MM-dd.
    std::string date_format = {};
    std::string time_zone = "UTC";  // of instants
};

// Immutable, usable from any thread.
class CsvEncoder {
  public:
    // `format` was checked: its patterns and zone are good.
    explicit CsvEncoder(CsvFormat format);

    struct Outcome {
        int dirty_column = -1;    // -1 = the row was appended
        std::string_view reason;  // static; no record contents
        bool ok() const { return dirty_column < 0; }
    };
    // Appends one row with its line end; a dirty row leaves `out` as it was. Absent values are
    // written as nulls.
    Outcome append_row(std::span<const Value> row, Buffer& out) const;
    void append_header(std::span<const std::string> names, Buffer& out) const;

  private:
    size_t room_for(const Value& value) const;

    CsvFormat format_;
    DatePattern instants_, days_;
    bool plain_numbers_ = true;  // no number holds the delimiter or the line end
};

}  // namespace millrace
