// The names of what Millrace writes into a bucket. No two runs use the same name.
#pragma once

#include <span>
#include <string>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace millrace::oss {

// What the names of one instance have in common.
struct Naming {
    std::string object;  // as in the job, {date} already resolved: "exports/orders"
    std::string suffix;  // "" or ".csv"
    Window window;
    int replay = 0;  // 0 = the window's first run, 1, 2, … its replays
    // 16 for all shards of an instance where two have the same first 8.
    int shard_digits = 8;
};

// "<object>__<start>-<end>_<shard>_<nnnn>[_r<replay>][.suffix]", times in UTC.
std::string object_name(const Naming& naming, const ShardId& shard, uint32_t number);
// "<dir>/_millrace/<name>__<start>-<end>_<task8>[_r<replay>].json", where object = "<dir>/<name>".
std::string manifest_name(const Naming& naming, const TaskId& task);
// What the manifests of all windows of `object` begin with.
std::string manifest_prefix(const std::string& object);

// The first hex digits of XXH3-64 of the shard id.
std::string shard_text(const ShardId& shard, int digits);
// 8, or 16 when two of them have the same first 8.
int shard_digits_for(std::span<const ShardId> shards);

}  // namespace millrace::oss
