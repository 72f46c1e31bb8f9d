// What the ledger keeps of an item that reads rows of a partition: where it begins, made by the
// coordinator, and how far it is, made by the worker. Read by both sides.
#pragma once

#include <string>

#include "common/base/status.h"
#include "common/services/maxcompute/partition.h"

namespace millrace::maxcompute {

// Rows [first, first + count) of a download session.
struct RowsStart {
    PartitionSpec partition;  // empty = the table has none
    std::string session;      // empty = nothing is read
    uint64_t rows = 0;        // that the whole session has
    uint64_t first = 0;
    uint64_t count = 0;

    std::string json() const;
    static Result<RowsStart> parse(const std::string& json);
    bool operator==(const RowsStart&) const = default;
};

// The place behind `row` rows of the item.
struct RowsPosition {
    uint64_t row = 0;

    std::string json() const;
    static Result<RowsPosition> parse(const std::string& json);
    bool operator==(const RowsPosition&) const = default;
};

}  // namespace millrace::maxcompute
