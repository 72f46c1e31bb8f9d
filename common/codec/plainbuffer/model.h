// Rows as PlainBuffer carries them: key cells, attribute cells, marker, sequence of a stream
// record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/record/change.h"

namespace millrace::plainbuffer {

// A key column's value, or a bound: the marks that only keys of ranges and of inserts have.
struct KeyValue {
    enum class Kind : uint8_t { kValue, kInfMin, kInfMax, kAutoIncrement };
    Kind kind = Kind::kValue;
    Value value;  // kInteger, kString or kBinary; only with Kind::kValue

    static KeyValue of(const Value& value) { return {Kind::kValue, value}; }
    static KeyValue inf_min() { return {Kind::kInfMin, {}}; }
    static KeyValue inf_max() { return {Kind::kInfMax, {}}; }
    static KeyValue auto_increment() { return {Kind::kAutoIncrement, {}}; }
};

struct KeyCell {
    std::string_view name;
    KeyValue value;
};

enum class CellOp : uint8_t {
    kPut = 0,        // value; timestamp optional in requests, always there in answers and records
    kDeleteAll = 1,  // all versions: neither value nor timestamp
    kDeleteOne = 3,  // one version: timestamp, no value
    kIncrement = 4,  // integer value, no timestamp; requests only
};

// The checksums that cells and rows end with are no part of the model.
struct Cell {
    std::string_view name;
    CellOp op = CellOp::kPut;
    Value value;  // kAbsent when there is none
    std::optional<int64_t> timestamp_ms;
};

// Views point into the buffer that was read. Made to be used again: clear() keeps the memory.
struct Row {
    std::vector<KeyCell> key;
    std::vector<Cell> cells;
    bool delete_marker = false;
    std::optional<Sequence> sequence;  // stream records

    void clear() {
        key.clear();
        cells.clear();
        delete_marker = false;
        sequence.reset();
    }
};

}  // namespace millrace::plainbuffer
