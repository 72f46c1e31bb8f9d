// Random rows for tests of the codec.
#pragma once

#include <deque>
#include <random>
#include <string>

#include "common/codec/plainbuffer/model.h"

namespace millrace::plainbuffer::test {

// Owns the texts of the rows it makes. The same seed makes the same rows.
class RowMaker {
  public:
    explicit RowMaker(uint64_t seed) : random_(seed) {}

    uint64_t below(uint64_t bound) { return random_() % bound; }
    std::string_view text(size_t size_max) {
        std::string made(below(size_max + 1), '\0');
        for (char& byte : made) byte = static_cast<char>(random_());
        return texts_.emplace_back(std::move(made));
    }
    Value key_value() {
        switch (below(3)) {
            case 0: return Value::of_integer(static_cast<int64_t>(random_()));
            case 1: return Value::of_string(text(40));
            default: return Value::of_binary(text(40));
        }
    }
    Value value() {
        switch (below(4)) {
            case 0: return Value::of_real(static_cast<double>(random_()) / 7);
            case 1: return Value::of_boolean(below(2) == 1);
            case 2: return Value::of_string(text(700));
            default: return key_value();
        }
    }
    KeyValue bound() {
        switch (below(5)) {
            case 0: return KeyValue::inf_min();
            case 1: return KeyValue::inf_max();
            case 2: return KeyValue::auto_increment();
            default: return KeyValue::of(key_value());
        }
    }
    // As a stream record has it (`record`), or as any request or answer may.
    Cell cell(bool record) {
        Cell made;
        made.name = text(20);
        constexpr CellOp kOps[] = {CellOp::kPut, CellOp::kDeleteOne, CellOp::kDeleteAll,
                                   CellOp::kIncrement};
        made.op = kOps[below(record ? 3 : 4)];
        if (made.op == CellOp::kPut) made.value = value();
        if (made.op == CellOp::kIncrement) made.value = Value::of_integer(-5);
        const bool timed = record || below(2) == 1;
        if (made.op == CellOp::kDeleteOne || (made.op == CellOp::kPut && timed)) {
            made.timestamp_ms = static_cast<int64_t>(random_() >> 1);
        }
        return made;
    }
    Row row(bool record) {
        Row made;
        for (uint64_t i = 1 + below(4); i > 0; --i) {
            made.key.push_back({text(10), record ? KeyValue::of(key_value()) : bound()});
        }
        for (uint64_t i = below(6); i > 0; --i) made.cells.push_back(cell(record));
        made.delete_marker = below(4) == 0;
        if (record) {
            made.sequence =
                Sequence{static_cast<uint32_t>(below(3)), static_cast<int64_t>(random_() >> 1),
                         static_cast<uint32_t>(random_())};
        }
        return made;
    }

  private:
    std::mt19937_64 random_;
    std::deque<std::string> texts_;
};

inline bool equal(const Value& left, const Value& right) {
    return left.type == right.type && left.bytes == right.bytes &&
           (left.type == ValueType::kBoolean ? left.boolean == right.boolean
                                             : left.integer == right.integer);
}
inline bool equal(const Row& left, const Row& right) {
    const auto same_key = [](const KeyCell& a, const KeyCell& b) {
        return a.name == b.name && a.value.kind == b.value.kind &&
               equal(a.value.value, b.value.value);
    };
    const auto same_cell = [](const Cell& a, const Cell& b) {
        return a.name == b.name && a.op == b.op && a.timestamp_ms == b.timestamp_ms &&
               equal(a.value, b.value);
    };
    return std::equal(left.key.begin(), left.key.end(), right.key.begin(), right.key.end(),
                      same_key) &&
           std::equal(left.cells.begin(), left.cells.end(), right.cells.begin(), right.cells.end(),
                      same_cell) &&
           left.delete_marker == right.delete_marker && left.sequence == right.sequence;
}

}  // namespace millrace::plainbuffer::test
