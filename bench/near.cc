#include "bench/near.h"

#include "bench/bare.h"
#include "bench/goals.h"
#include "bench/measure.h"
#include "bench/near_cloud.h"
#include "bench/records.h"

namespace millrace::bench {
namespace {

FlowSpec flow_of(const NearSpec& spec) {
    FlowSpec flow;
    flow.source = spec.source;
    flow.target = spec.target;
    flow.access_id = kNearAccessId;
    flow.access_key = kNearAccessKey;
    flow.response_md5 = spec.response_md5;
    flow.gzip = spec.gzip;
    flow.window = {from_millis(kFirstRecordUs / 1000 - 1000),
                   from_millis(kFirstRecordUs / 1000 + 1'000'000'000)};
    return flow;
}

bool has_goals(const NearSpec& spec) {
    const bool source = spec.source == SourceKind::kStream || spec.source == SourceKind::kTable;
    const bool target = spec.target == TargetKind::kCsv || spec.target == TargetKind::kBulk;
    return source && target && !spec.response_md5 && !spec.gzip;
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
    NearCloud cloud(spec.source);
    FlowSpec flow = flow_of(spec);
    flow.start = cloud.start(options.pages);
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
    const double resident = resident_peak_mib();
    Figure time{"cpu", median(cpu), "us/record"};
    if (has_goals(spec)) time = with_goals(time, goals_of(spec.target).cpu_us);
    time.note = "no network: add the copies of the kernel, see loopback";
    const double bare = bare_us_per_record(spec.source, spec.target, options.rounds);
    return Figures{
        time,
        {.name = "bare",
         .value = bare,
         .unit = "us/record",
         .note = "the format's encoder alone, on rows that are ready"},
        {.name = "ratio", .value = time.value / bare, .unit = "x bare", .note = ""},
        {.name = "rate", .value = median(wall), .unit = "records/s", .note = "one thread"},
        {.name = "resident",
         .value = resident,
         .unit = "MiB",
         .note = "of the process, with what the cloud in memory holds"},
        {.name = "records",
         .value = static_cast<double>(records),
         .unit = "per run",
         .note = "output sum " + sum}};
}

}  // namespace millrace::bench
