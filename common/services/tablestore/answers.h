// What the stream calls return, in our own types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"

namespace millrace::tablestore {

struct StreamInfo {
    StreamId id;
    std::string table;
    int64_t creation_us = 0;
};

struct Shard {
    ShardId id;
    std::vector<ShardId> parents;  // none, one (after a split) or two (after a merge)
};

struct StreamDescription {
    StreamId id;
    std::string table;
    int64_t creation_us = 0;
    int retention_hours = 0;
    bool active = false;        // false: the stream is still being switched on
    bool timeseries = false;    // the table holds time series
    std::vector<Shard> shards;  // of all pages
};

}  // namespace millrace::tablestore
