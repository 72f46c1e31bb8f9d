// One work item from a stream or a table into a target: all of a worker but its lease, with a
// ledger in memory.
#pragma once

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/config/job_spec.h"
#include "common/net/http.h"
#include "common/services/oss/object_item.h"
#include "common/store/state_store.h"

namespace millrace::bench {

enum class TargetKind : uint8_t { kCsv, kBulk };

struct FlowSpec {
    std::optional<oss::ObjectStart> object;  // read instead of the stream
    TargetKind target = TargetKind::kCsv;
    std::string ots = "http://127.0.0.1:1";
    std::string sink = "http://127.0.0.1:1";  // OSS or a search server
    std::string access_id, access_key;
    bool response_md5 = false;
    bool gzip = false;   // of bulks
    bool table = false;  // a whole table instead of a stream
    StreamId stream{"stream"};
    ShardId shard{"shard"};
    std::string iterator;  // empty = the shard's beginning
    Window window;
};

struct FlowOutcome {
    Counts counts;
    std::string output_sum;
    std::vector<Part> parts;
};

// Reads, encodes, sends and checkpoints everything. The source is read by `http` as well.
Result<FlowOutcome> run_flow(const FlowSpec& spec, HttpClient& http);

}  // namespace millrace::bench
