#include "bench/near.h"
#include "bench/workload.h"

namespace millrace::bench {
namespace {

Workload near(std::string name, std::string sentence, NearSpec spec) {
    return {std::move(name), std::move(sentence),
            [spec](const Options& options) { return run_near(spec, options); }};
}

}  // namespace

const std::vector<Workload>& workloads() {
    static const std::vector<Workload> all = {
        {"codec", "decode, checksums, csv and JSON per record, beside memcpy", run_codec},
        near("csv", "stream -> csv parts, in one process, no network", {}),
        near("csv-md5", "the same, the MD5 of every answer checked (responseMd5)",
             {.response_md5 = true}),
        near("table-csv", "a whole table -> csv parts, in one process, no network",
             {.source = SourceKind::kTable}),
        near("csv-read", "csv object -> csv parts, in one process, no network",
             {.source = SourceKind::kObject}),
        near("odps", "stream -> MaxCompute blocks, a row for each record, no network",
             {.target = TargetKind::kOdps}),
        near("odps-cells", "the same in column mode: a row for each cell",
             {.source = SourceKind::kCells, .target = TargetKind::kOdps}),
        near("table-odps", "a whole table -> MaxCompute blocks, no network",
             {.source = SourceKind::kTable, .target = TargetKind::kOdps}),
        near("odps-read", "MaxCompute download -> csv parts, no network",
             {.source = SourceKind::kPartition}),
        near("app", "stream -> pushes into Alibaba OpenSearch, no network",
             {.target = TargetKind::kApp}),
        near("ots", "csv object -> BatchWriteRow requests, no network",
             {.source = SourceKind::kObject, .target = TargetKind::kOts}),
        near("odps-ots", "MaxCompute download -> BatchWriteRow requests, no network",
             {.source = SourceKind::kPartition, .target = TargetKind::kOts}),
        near("table-bulk", "a whole table -> bulk JSON, no network",
             {.source = SourceKind::kTable, .target = TargetKind::kBulk}),
        near("bulk", "stream -> bulk JSON, PutRow records, in one process, no network",
             {.target = TargetKind::kBulk}),
        near("bulk-gzip", "the same, bulks compressed (\"compress\": true)",
             {.target = TargetKind::kBulk, .gzip = true}),
        near("bulk-update", "the same with UpdateRow records: every document is looked up",
             {.source = SourceKind::kUpdates, .target = TargetKind::kBulk}),
        {"parquet-write", "rows to a Parquet file, beside Apache Arrow's own writer",
         run_parquet_write},
        {"loopback", "millrace-standin -> csv object over HTTP on loopback; RSS", run_loopback},
        {"redis-verbs", "claim + checkpoint + finish in a redis-server of its own",
         run_redis_verbs},
        {"planning", "the planner: one window of 10,000 shards, and a day of 1,000", run_planning},
        {"start", "from the start of `millrace version` to its end", run_start},
        {"datax", "the same job by DataX and by `millrace run`, in turn (--datax-home)", run_datax},
    };
    return all;
}

}  // namespace millrace::bench
