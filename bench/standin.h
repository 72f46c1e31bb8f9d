// The stand-in cloud as a program of its own, with a table full of changes.
#pragma once

#include "bench/child.h"
#include "common/base/ids.h"
#include "common/base/time.h"

namespace millrace::bench {

struct Standin {
    static constexpr const char* kAccessId = "bench";
    static constexpr const char* kAccessKey = "bench-key";

    std::unique_ptr<Background> program;
    std::string ots, oss;
    StreamId stream;
    ShardId shard;  // the only one
    Window window;  // holds all changes

    // Starts it, and table `user_info` of instance `school` with so many PutRow changes.
    static Result<Standin> start(uint64_t records);
};

}  // namespace millrace::bench
