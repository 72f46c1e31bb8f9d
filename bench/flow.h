// One work item from a source into a target: all of a worker but its lease, with a ledger in
// memory.
#pragma once

#include "bench/plugins.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/net/http.h"
#include "common/store/state_store.h"

namespace millrace::bench {

struct FlowSpec {
    SourceKind source = SourceKind::kStream;
    TargetKind target = TargetKind::kCsv;
    std::string ots = "http://127.0.0.1:1";
    std::string sink = "http://127.0.0.1:1";  // every other service
    std::string access_id, access_key;
    bool response_md5 = false;
    bool gzip = false;  // of bulks
    StreamId stream{"stream"};
    ShardId shard{"shard"};
    std::string start;  // where the item begins; empty = the beginning of the shard or table
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
