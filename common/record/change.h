// One change record as a target sees it.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/record/value.h"

namespace millrace {

enum class ChangeKind : uint8_t {
    kPut,     // the whole row is replaced
    kUpdate,  // only the columns that are not kAbsent were written
    kDelete,  // the row is gone
};

// The order of records in a shard. `epoch` rises when the source's clock went back.
struct Sequence {
    uint32_t epoch = 0;
    int64_t timestamp_us = 0;
    uint32_t row_index = 0;
    auto operator<=>(const Sequence&) const = default;
};

// Views end with the next call to the source.
struct Change {
    ChangeKind kind = ChangeKind::kPut;
    Sequence sequence;
    // timestamp_us + shift: never falls along a shard and its children, even when the epoch rises.
    int64_t ordered_us = 0;
    // All key columns, in the table's order.
    std::span<const Value> key;
    // `rows` rows of `width` values each, one after the other. Row mode: one row (none for a
    // delete). Column mode: one row per cell operation.
    std::span<const Value> values;
    size_t rows = 0;
    size_t width = 0;
    // Row mode: a configured column has a value (a key column or a put cell). Without one DataX
    // drops the record.
    bool any_value = true;
    // Not empty: why the source cannot give this record as it should be, ever; no record contents.
    // It goes to the quarantine, no target sees it.
    std::string_view unreadable;
    int unreadable_column = -1;  // position in the job's column list, -1 = none
    std::string_view raw;        // of an unreadable record: its text, where there are no values
    std::span<const Value> row(size_t i) const { return values.subspan(i * width, width); }
};

}  // namespace millrace
