// The values of one leaf column that wait for their row group.
#pragma once

#include <parquet/column_writer.h>

#include <string>
#include <vector>

#include "common/base/buffer.h"
#include "common/codec/parquet/convert.h"
#include "common/codec/parquet/schema.h"
#include "common/record/value.h"

namespace millrace::parquet {

// One entry of a column as Parquet stores it.
struct Levels {
    int16_t repetition = 0;  // 0 = a new row begins
    int16_t definition = 0;  // less than the leaf's: no value
};

// Used by one thread. Values lie as their type's array, so that a row group is written without
// looking at each of them again.
class Leaf {
  public:
    // `most`: the levels that a present value has. `node` and `dates` outlive this object.
    Leaf(const Node& node, Levels most, const Dates& dates);

    // Null when the value was taken, else why it never can be. A missing value is none of these.
    const char* append(const Value& value, Levels levels);
    void append_missing(Levels levels) { push(levels); }

    size_t rows() const { return rows_; }
    int16_t definition() const { return most_.definition; }
    // Takes the last row back.
    void drop_row();
    // Adds the entries of the last row in the form that RowSum sums.
    void add_last_row(Buffer& to) const;

    // Gives all to the column and is empty afterwards. Throws what Arrow throws.
    void write(::parquet::ColumnWriter& column);
    void clear();

  private:
    enum class Form : uint8_t {
        kBoolean,
        kInteger,  // of 4 or 8 bytes
        kFloat,
        kDouble,
        kText,
        kBytes,
        kFixedBytes,
        kDate,
        kMillis,
        kMicros,
        kInt96,
        kDecimal,
    };
    static Form form_of(const Node& node);

    void push(Levels levels) {
        if (most_.definition > 0) definitions_.push_back(levels.definition);
        if (most_.repetition > 0) repetitions_.push_back(levels.repetition);
        ++entries_;
        rows_ += levels.repetition == 0 ? 1 : 0;
    }
    template <typename Number>
    void put(Number number) {
        std::memcpy(values_.room(sizeof number), &number, sizeof number);
        values_.commit(sizeof number);
    }
    const char* put_value(const Value& value);
    const char* put_integer(const Value& value);
    const char* put_moment(const Value& value);
    const char* put_decimal(const Value& value);
    const char* put_text(const Value& value);
    const char* put_bytes(std::string_view bytes);
    // Entries of the last row, and how many of them have a value.
    struct LastRow {
        size_t entries = 0, values = 0;
    };
    LastRow last_row() const;
    bool has_value(size_t entry) const {
        return most_.definition == 0 || definitions_[entry] == most_.definition;
    }
    const int16_t* definitions() const {
        return most_.definition > 0 ? definitions_.data() : nullptr;
    }
    const int16_t* repetitions() const {
        return most_.repetition > 0 ? repetitions_.data() : nullptr;
    }
    template <typename Type>
    void write_array(::parquet::ColumnWriter& column);
    template <typename Type, typename Make>
    void write_pieces(::parquet::ColumnWriter& column, Make make);

    const Node& node_;
    const Levels most_;
    const Dates& dates_;
    const Form form_;
    const size_t width_;  // of a value in bytes; 0 = they have their own lengths
    std::vector<int16_t> definitions_, repetitions_;
    size_t entries_ = 0, rows_ = 0;
    Buffer values_;
    std::vector<uint32_t> lengths_;  // of values without a width
    std::string memory_;
};

}  // namespace millrace::parquet
