#include "bench/flow.h"

#include "common/base/fakes/memory_file_system.h"
#include "common/codec/plainbuffer/writer.h"
#include "common/services/tablestore/key_range.h"
#include "common/store/memory_store.h"
#include "common/stream/position.h"
#include "worker/job/job_runner.h"

namespace millrace::bench {

using nlohmann::json;

namespace {

PluginSpec object_reader_of(const FlowSpec& spec) {
    json columns = json::array();
    for (int i = 0; i < 4; ++i) columns.push_back({{"index", i}, {"type", "string"}});
    return {"oss",
            {{"endpoint", spec.sink},
             {"bucket", "school"},
             {"accessId", spec.access_id},
             {"object", spec.object->object},
             {"fileFormat", "csv"},
             {"column", columns}},
            {{"accessKey", Secret(spec.access_key)}}};
}

PluginSpec reader_of(const FlowSpec& spec) {
    if (spec.object) return object_reader_of(spec);
    json columns = json::array();
    for (const char* name : {"uid", "name", "phone_number", "content"}) {
        columns.push_back({{"name", name}});
    }
    if (spec.table) {
        return {"ots",
                {{"endpoint", spec.ots},
                 {"instanceName", "school"},
                 {"accessId", spec.access_id},
                 {"table", "user_info"},
                 {"mode", "normal"},
                 {"responseMd5", spec.response_md5 ? "on" : "off"},
                 {"maxRetryTime", 2},
                 {"column", columns}},
                {{"accessKey", Secret(spec.access_key)}}};
    }
    return {"otsstream",
            {{"endpoint", spec.ots},
             {"instanceName", "school"},
             {"accessId", spec.access_id},
             {"dataTable", "user_info"},
             {"mode", "single_version_and_update_only"},
             {"responseMd5", spec.response_md5 ? "on" : "off"},
             {"maxRetries", 2},
             {"column", columns}},
            {{"accessKey", Secret(spec.access_key)}}};
}

PluginSpec writer_of(const FlowSpec& spec) {
    if (spec.target == TargetKind::kCsv) {
        return {"oss",
                {{"endpoint", spec.sink},
                 {"bucket", "school-backup"},
                 {"accessId", spec.access_id},
                 {"object", "bench/user_info"},
                 {"writeMode", "append"},
                 {"fileFormat", "csv"}},
                {{"accessKey", Secret(spec.access_key)}}};
    }
    return {"elasticsearch",
            {{"endpoint", spec.sink},
             {"index", "user_info"},
             {"compress", spec.gzip},
             {"column",
              {{{"name", "uid"}, {"type", "id"}},
               {{"name", "name"}, {"type", "keyword"}},
               {{"name", "phone_number"}, {"type", "keyword"}},
               {{"name", "content"}, {"type", "text"}}}}},
            {}};
}

std::string start_of(const FlowSpec& spec) {
    if (spec.object) return spec.object->json();
    if (spec.table) {
        const auto key = [](const plainbuffer::KeyValue& value) {
            return plainbuffer::encode_key({{"uid", value}});
        };
        return to_json(tablestore::KeyRange{key(plainbuffer::KeyValue::inf_min()),
                                            key(plainbuffer::KeyValue::inf_max())});
    }
    ItemStart start;
    start.place.iterator = spec.iterator;
    return to_json(start);
}

Result<Claimed> claim_only_item(StateStore& store, const FlowSpec& spec) {
    const RunId run("run");
    NewInstance instance;
    instance.run = run;
    instance.task = TaskId("0123456789abcdef");
    instance.window = spec.window;
    MILLRACE_TRY(store.create_instance(instance).status());
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
    MILLRACE_ASSIGN(const InstanceView instance, store.instance(claimed.run));
    RecordShape shape;
    if (!spec.object) shape.key = {{"uid", ValueType::kInteger}};
    for (const char* name : {"uid", "name", "phone_number", "content"}) {
        shape.columns.push_back({name});
    }
    JobRunner runner({job, shape, spec.stream, instance}, store, files, clock, "/state");
    const CallContext context{http, clock, random, {}, {}};
    MILLRACE_TRY(runner.run(claimed, context));
    MILLRACE_ASSIGN(const std::vector<ItemView> items, store.items(claimed.run));
    const Progress& progress = items.at(0).progress;
    return FlowOutcome{progress.counts, progress.output_sum.hex(), progress.new_parts};
}

}  // namespace millrace::bench
