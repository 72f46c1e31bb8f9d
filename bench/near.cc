#include "bench/near.h"

#include "bench/goals.h"
#include "bench/measure.h"
#include "bench/near_cloud.h"
#include "bench/records.h"

namespace millrace::bench {
namespace {

FlowSpec flow_of(const NearSpec& spec) {
    FlowSpec flow;
    flow.target = spec.target;
    flow.access_id = NearCloud::kAccessId;
    flow.access_key = NearCloud::kAccessKey;
    flow.response_md5 = spec.response_md5;
    flow.gzip = spec.gzip;
    flow.table = spec.table;
    flow.iterator = "page";
    flow.window = {from_millis(kFirstRecordUs / 1000 - 1000),
                   from_millis(kFirstRecordUs / 1000 + 1'000'000'000)};
    return flow;
}

Status check(const Result<FlowOutcome>& outcome, uint64_t records) {
    if (!outcome.ok()) return outcome.status();
    if (outcome->counts.acknowledged == records) return {};
    return fatal_error(std::to_string(outcome->counts.acknowledged) + " of " +
                       std::to_string(records) + " records were acknowledged");
}

}  // namespace

// The script `instructions` counts inside of this function only.
[[gnu::noinline]] void counted_run(const std::function<void()>& run) {
    run();
    asm volatile("" ::: "memory");
}

Result<Figures> run_near(const NearSpec& spec, const Options& options) {
    using Content = NearCloud::Content;
    NearCloud cloud(spec.table    ? Content::kTable
                    : spec.update ? Content::kUpdates
                                  : Content::kPuts);
    FlowSpec flow = flow_of(spec);
    if (spec.objects) flow.object = cloud.object(options.pages);
    const uint64_t records = options.pages * kRecordsPerPage;
    std::vector<double> cpu, wall;
    std::string sum;
    for (int round = 0; round <= options.rounds; ++round) {
        cloud.begin(options.pages);
        Result<FlowOutcome> outcome = fatal_error("not run");
        const auto run = [&] { outcome = run_flow(flow, cloud); };
        // The first one is not measured: it fills caches and learns the checksums.
        const Spent spent = spent_by([&] { round == 0 ? run() : counted_run(run); });
        MILLRACE_TRY(check(outcome, records));
        sum = outcome->output_sum;
        if (round == 0) continue;
        cpu.push_back(spent.cpu_us / static_cast<double>(records));
        wall.push_back(static_cast<double>(records) / spent.wall_us * 1e6);
    }
    const Goals goals = goals_of(spec.target);
    const bool plain = !spec.response_md5 && !spec.gzip && !spec.update && !spec.objects;
    Figure time{"cpu", median(cpu), "us/record"};
    if (plain) time = with_goals(time, goals.cpu_us);
    time.note = "no network: add the copies of the kernel, see loopback";
    return Figures{
        time,
        {.name = "rate", .value = median(wall), .unit = "records/s", .note = "one thread"},
        {.name = "records",
         .value = static_cast<double>(records),
         .unit = "per run",
         .note = "output sum " + sum}};
}

}  // namespace millrace::bench
