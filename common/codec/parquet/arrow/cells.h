// Cells of Arrow's arrays as values.
#pragma once

#include <arrow/array.h>

#include <deque>
#include <optional>
#include <string>

#include "common/codec/parquet/convert.h"
#include "common/record/value.h"

namespace millrace::parquet {

// What values of this type become; nothing for a type that is not built.
std::optional<ValueType> value_type_of(const ::arrow::DataType& type);

// One column of the rows that are read.
struct CellReader {
    const Dates& dates;
    bool instants = false;  // timestamps without a zone are UTC all the same (INT96)

    // Views into the array or `memory`, which lives as long as the value.
    Value value_of(const ::arrow::Array& array, int64_t row, std::deque<std::string>& memory) const;

  private:
    Value moment_of(const ::arrow::Array& array, int64_t row) const;
    void add_json(const ::arrow::Array& array, int64_t row, std::string& text) const;
    void add_list(const ::arrow::Array& items, int64_t begin, int64_t end, std::string& text) const;
    void add_map(const ::arrow::Array& map, int64_t row, std::string& text) const;
    void add_struct(const ::arrow::Array& array, int64_t row, std::string& text) const;
    void add_scalar(const Value& value, std::string& text) const;
};

}  // namespace millrace::parquet
