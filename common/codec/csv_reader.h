// Records of csv and delimited text, split into fields: views into the bytes they came in.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/buffer.h"

namespace millrace {

struct CsvDialect {
    // csv: a field that begins with a quote goes on to the next single quote, delimiters and line
    // ends included, two quotes stand for one. Quotes inside of other fields are text. False =
    // text: a quote is a byte like others.
    bool quoting = true;
    char delimiter = ',';  // no quote, no line end
};

// One record. Its memory is used again; its views end with the bytes it came in, and with the next
// one.
struct CsvRecord {
    std::string_view raw;                  // with its line end
    std::vector<std::string_view> fields;  // none: a blank line of csv
    uint64_t lines = 1;                    // it takes so many
    // Not empty: why it is no record. Then it has no fields, and `raw` is its first line, or all.
    std::string_view problem;
    int problem_field = -1;

  private:
    friend class CsvSplitter;
    std::vector<size_t> doubled_;  // fields with two quotes for one
    Buffer copies_;                // what such fields mean
};

// A line ends with \n or \r\n, the last one also with the bytes. A byte order mark is skipped at
// the beginning. Used by one thread, for one object.
class CsvSplitter {
  public:
    // `at_start`: the first record that is asked for is the object's first.
    CsvSplitter(CsvDialect dialect, bool at_start) : dialect_(dialect), at_start_(at_start) {}

    // Takes the record at the beginning of `bytes`, which are not empty; `last`: nothing comes
    // after them. False when more bytes are needed to see its end; never when they are the last.
    bool next(std::string_view bytes, bool last, CsvRecord& record);
    // Takes the first line of `bytes` as no record; false when they hold no line end.
    bool give_up(std::string_view bytes, CsvRecord& record);

  private:
    enum class Step { kNext, kEnd, kMore };
    struct Cursor;

    Step take_quoted(Cursor& cursor, CsvRecord& record) const;
    Step take_plain(Cursor& cursor, CsvRecord& record) const;
    Step unclosed(Cursor& cursor, CsvRecord& record) const;
    Step stray(Cursor& cursor, CsvRecord& record) const;
    void finish(const Cursor& cursor, CsvRecord& record) const;

    CsvDialect dialect_;
    bool at_start_;
};

}  // namespace millrace
