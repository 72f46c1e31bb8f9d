// Where reading stands in a shard of a stream, and where an item begins and ends: the JSON forms
// that the ledger keeps (proto/checkpoint.md). Shared by the planner, which decides starts, and the
// reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/record/change.h"

namespace millrace {

// What keeps time from falling along a shard and its children (see Change::ordered_us).
struct TimeLine {
    uint32_t epoch = 0;    // highest sequence epoch seen
    int64_t shift_us = 0;  // added to the timestamps of that epoch
    int64_t floor_us = 0;  // highest ordered_us seen
    // The line of a child: nothing of it may come before anything of its parents.
    void join(const TimeLine& parent);
    bool operator==(const TimeLine&) const = default;
};

// A place between two records. `iterator` is as the service gave it; empty = the shard's beginning.
struct ShardPlace {
    std::string iterator;
    uint64_t skip = 0;  // records after the iterator that lie before this place
    std::optional<Sequence>
        last;  // of the last record read before this place; none = none was read
    TimeLine line;
    bool operator==(const ShardPlace&) const = default;
};

// A time range whose records the stream has forgotten before they were read.
struct Loss {
    int64_t from_ms = 0;
    int64_t to_ms = 0;
    bool operator==(const Loss&) const = default;
};

// The position of a checkpoint, and of an item's end.
struct Position {
    ShardPlace place;
    // Where the item really began: B(start), known once the records before it were skipped.
    std::optional<ShardPlace> began;
    std::vector<Loss> losses;
    bool operator==(const Position&) const = default;
};

// The end of an item as it was recorded.
struct RecordedEnd {
    bool shard_end = false;  // the shard was read to its end, not to a border
    ShardPlace place;
    std::optional<ShardPlace> began;  // as in Position; none = not recorded
    bool operator==(const RecordedEnd&) const = default;
};

// How an item begins, and where it ends when that is known already.
struct ItemStart {
    ShardPlace place;
    // When set and `place` is the shard's beginning: GetShardIterator at this time instead.
    std::optional<int64_t> seek_us;
    // Drop (without counting) what comes before the window's start, until the first record at or
    // after it; from then on nothing is dropped by its time (P1).
    bool skip_to_window = false;
    // A recorded border: the record with this sequence is the last one. Without it P3 decides.
    std::optional<Sequence> end_after;
    // The end is told as it was the first time, however the pages are cut now.
    std::optional<RecordedEnd> recorded;
    // When records were forgotten go on behind the hole and name it, instead of failing.
    bool accept_loss = false;
    // It ends where an item has ended before.
    void end_within(const Position& end, bool shard_end);
    bool operator==(const ItemStart&) const = default;
};

std::string to_json(const Position& position);
std::string to_json(const ItemStart& start);
Result<Position> parse_position(const std::string& json);  // kCorrupt when malformed
Result<ItemStart> parse_item_start(const std::string& json);

}  // namespace millrace
