#include "bench/flow.h"

#include "common/base/fakes/memory_file_system.h"
#include "common/codec/plainbuffer/writer.h"
#include "common/services/maxcompute/staging.h"
#include "common/services/tablestore/key_range.h"
#include "common/store/memory_store.h"
#include "common/stream/position.h"
#include "worker/job/job_runner.h"
#include "worker/window/quarantine_folder.h"

namespace millrace::bench {
namespace {

std::string start_of(const FlowSpec& spec) {
    if (!spec.start.empty()) return spec.start;
    if (spec.source == SourceKind::kTable) {
        const auto key = [](const plainbuffer::KeyValue& value) {
            return plainbuffer::encode_key({{"uid", value}});
        };
        return to_json(tablestore::KeyRange{key(plainbuffer::KeyValue::inf_min()),
                                            key(plainbuffer::KeyValue::inf_max())});
    }
    return to_json(ItemStart());
}

// What the coordinator leaves behind for the workers of a run.
std::string staging_of(const FlowSpec& spec) {
    if (spec.target != TargetKind::kOdps) return {};
    const std::vector<maxcompute::Column> columns = stored_columns(spec.source);
    return maxcompute::RunStaging{.session = "session", .partition = {}, .columns = columns}.json();
}

Result<Claimed> claim_only_item(StateStore& store, const FlowSpec& spec) {
    const RunId run("run");
    NewInstance instance;
    instance.run = run;
    instance.task = TaskId("0123456789abcdef");
    instance.window = spec.window;
    MILLRACE_TRY(store.create_instance(instance).status());
    MILLRACE_TRY(store.set_staging(run, staging_of(spec)));
    const NewItem item{ItemId("run/0"), spec.shard, start_of(spec)};
    MILLRACE_TRY(store.add_items(run, {&item, 1}));
    return store.claim(item.item, ClaimId("claim"), std::chrono::hours(24));
}

}  // namespace

Result<FlowOutcome> run_flow(const FlowSpec& spec, HttpClient& http) {
    SystemClock clock;
    SystemRandom random;
    MemoryStore store(clock);
    MemoryFileSystem files;
    MILLRACE_ASSIGN(const Claimed claimed, claim_only_item(store, spec));
    JobSpec job;
    job.reader = reader_of(spec);
    job.writer = writer_of(spec);
    job.time_zone = "UTC";
    MILLRACE_ASSIGN(const InstanceView instance, store.instance(claimed.run));
    QuarantineFolder quarantine(files, "/state");
    JobRunner runner({job, shape_of(spec.source), spec.stream, instance}, store, quarantine, clock);
    const CallContext context{http, clock, random, {}, {}};
    MILLRACE_TRY(runner.run(claimed, context));
    MILLRACE_ASSIGN(const std::vector<ItemView> items, store.items(claimed.run));
    const Progress& progress = items.at(0).progress;
    return FlowOutcome{progress.counts, progress.output_sum.hex(), progress.new_parts};
}

}  // namespace millrace::bench
