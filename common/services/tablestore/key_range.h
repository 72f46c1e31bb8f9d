// A range of keys that owns its bytes, how far it is read, and the JSON forms that the ledger keeps
// of both. Shared by the coordinator, which cuts ranges, and the worker, which reads them.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace millrace::tablestore {

// Keys are PlainBuffers of one row with all key columns, as requests carry them.
struct KeyRange {
    std::string begin;    // inclusive
    std::string end;      // exclusive
    bool forward = true;  // false: begin is the greater one, rows come in falling order
    bool operator==(const KeyRange&) const = default;
};

// Where reading stands in a range.
struct RangePosition {
    std::string after;  // the key of the last row read; empty = none was read
    uint64_t rows = 0;  // read so far
    bool operator==(const RangePosition&) const = default;
};

std::string to_json(const KeyRange& range);
std::string to_json(const RangePosition& position);
Result<KeyRange> parse_key_range(const std::string& json);  // kCorrupt when malformed
Result<RangePosition> parse_range_position(const std::string& json);

// The service's order of keys; kCorrupt when one is no key.
Result<std::strong_ordering> compare_keys(std::string_view left, std::string_view right);

}  // namespace millrace::tablestore
