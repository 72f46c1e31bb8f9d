// How far the stand-in uses its freedom against clients. Everything here is legal behaviour of the
// real service; a client that breaks on it is wrong.
#pragma once

#include <cstdint>

namespace millrace::standin {

struct Hostility {
    bool short_pages = true;       // pages of stream records, rows and shards end anywhere
    bool empty_pages = true;       // pages without records in mid-stream, may_more_record set
    bool same_millisecond = true;  // live records carry whole milliseconds and a rising row index
    bool seek_steps = true;        // a seek by timestamp takes several calls
    bool late_end = true;          // the end of a closed shard is sometimes an answer of its own
    int64_t late_children_ms = 2000;  // new shards appear in listings that much later
    // Live records are stamped that much earlier than now. Raising it makes time go back once, so
    // the epoch of every shard rises with its next record.
    int64_t stream_shift_ms = 0;

    // MaxCompute
    bool short_lists = true;        // pages of tables and partitions end anywhere
    uint64_t initiating_polls = 1;  // answers that say initiating for an asynchronous download
    uint64_t committing_polls = 0;  // answers that say committing before the rows are there
    uint64_t running_polls = 0;     // answers that say Running before a query has ended

    static Hostility calm() { return {false, false, false, false, false, 0, 0, false, 0, 0, 0}; }
};

}  // namespace millrace::standin
