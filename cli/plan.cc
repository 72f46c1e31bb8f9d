// `millrace plan JOB`: what a run would do, without doing it.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/embedded.h"
#include "cli/next.h"
#include "cli/read_job.h"
#include "common/config/oss_writer.h"
#include "common/config/time_forms.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

json columns_beside(const JobSpec& job, const StreamReaderConfig& reader) {
    std::vector<std::string> from = reader.columns;
    if (reader.mode == StreamMode::kColumn)
        from = {"(keys)", "colname", "version", "colvalue", "optype"};
    json pairs = json::array();
    const json to = job.writer.parameters.value("column", json::array());
    for (size_t i = 0; i < from.size(); ++i) {
        const bool named = i < to.size() && to[i].is_object();
        pairs.push_back({from[i], named ? to[i].value("name", "") : from[i]});
    }
    return pairs;
}

Result<json> target_of(const JobSpec& job, const InstanceView& instance,
                       const std::vector<ShardId>& shards) {
    if (job.writer.plugin != "oss") {
        return json{{"kind", job.writer.plugin},
                    {"endpoint", job.writer.parameters.value("endpoint", "")},
                    {"index", job.writer.parameters.value("index", "")}};
    }
    MILLRACE_ASSIGN(const OssWriterConfig config, read_oss_writer(job.writer));
    const oss::Naming naming = naming_of(config.object, config.suffix, instance);
    json objects = json::array();
    for (const ShardId& shard : shards) objects.push_back(oss::object_name(naming, shard, 0));
    return json{{"kind", "oss"},
                {"bucket", config.address.bucket},
                {"objects", objects},
                {"manifest", oss::manifest_name(naming, job.task)},
                {"write_mode", job.writer.parameters.value("writeMode", "")}};
}

Result<json> plan_window(Embedded& embedded, const Window& window) {
    const JobSpec& job = embedded.job();
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(job.time_zone));
    MILLRACE_ASSIGN(const auto stream, embedded.coordinator().describe_stream());
    MILLRACE_ASSIGN(const auto history, embedded.coordinator().history());
    const StartDecision decision = decide_start(
        history, {.window = window,
                  .may_overlap = job.writer.parameters.value("writeMode", "") == "append",
                  .keyed_target = job.writer.plugin != "oss"});
    json shards = json::array();
    std::vector<ShardId> ids;
    for (const auto& shard : stream.shards) {
        json parents = json::array();
        for (const ShardId& parent : shard.parents) parents.push_back(parent.text());
        shards.push_back({{"shard", shard.id.text()}, {"parents", parents}});
        ids.push_back(shard.id);
    }
    InstanceView instance;
    instance.window = window;
    MILLRACE_ASSIGN(const json target, target_of(job, instance, ids));
    static constexpr const char* kWhat[] = {"would be created", "would go on",
                                            "is committed already", "would be refused"};
    return json{{"task", job.task.text()},
                {"identity", job.identity},
                {"window",
                 {{"start", to_local_text(window.start, zone)},
                  {"end", to_local_text(window.end, zone)},
                  {"zone", job.time_zone}}},
                {"run", kWhat[static_cast<int>(decision.kind)]},
                {"why", decision.text},
                {"stream", stream.id.text()},
                {"shards", shards},
                {"columns", columns_beside(job, embedded.reader())},
                {"target", target}};
}

void print(const json& plan, std::ostream& out) {
    out << "task      " << plan["task"].get<std::string>() << "  "
        << plan["identity"].get<std::string>() << "\n";
    out << "window    [" << plan["window"]["start"].get<std::string>() << ", "
        << plan["window"]["end"].get<std::string>() << ") "
        << plan["window"]["zone"].get<std::string>() << "\n";
    out << "run       " << plan["run"].get<std::string>();
    if (!plan["why"].get<std::string>().empty()) out << ": " << plan["why"].get<std::string>();
    out << "\nstream    " << plan["stream"].get<std::string>() << "\n";
    for (const json& shard : plan["shards"]) {
        out << "  shard   " << shard["shard"].get<std::string>();
        for (const json& parent : shard["parents"])
            out << "  child of " << parent.get<std::string>();
        out << "\n";
    }
    out << "columns   reader -> writer\n";
    for (const json& pair : plan["columns"]) {
        out << "          " << pair[0].get<std::string>() << " -> " << pair[1].get<std::string>()
            << "\n";
    }
    out << "target    " << plan["target"].dump(2, ' ', false, json::error_handler_t::replace)
        << "\n";
}

Status plan(const Options& options, const JobRequest& request, Surroundings& world) {
    MILLRACE_ASSIGN(JobSpec job, read_job(request, world));
    const std::optional<Window> window = job.window;
    const std::string zone = job.time_zone;
    MILLRACE_ASSIGN(StateFolder state, StateFolder::open(options, world));
    MILLRACE_ASSIGN(const auto embedded, Embedded::create(std::move(job), state, world, {}));
    MILLRACE_TRY(embedded->coordinator().connect().status());
    std::vector<Window> windows;
    if (options.next) {
        MILLRACE_ASSIGN(windows, next_windows(options, *embedded, zone));
    } else if (window) {
        windows.push_back(*window);
    } else {
        return config_error("the job names no window; give start and end, or use --next");
    }
    for (const Window& one : windows) {
        MILLRACE_ASSIGN(const json made, plan_window(*embedded, one));
        if (options.json) {
            world.out << made.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
        } else {
            print(made, world.out);
        }
    }
    return {};
}

}  // namespace

int run_plan(const Options& options, Surroundings& world) {
    const Result<JobRequest> request = make_job_request(options, world);
    const Status status = request.ok() ? plan(options, *request, world) : request.status();
    if (!status.ok()) world.err << "millrace plan: " << status.text() << "\n";
    return exit_code_of(status);
}

}  // namespace millrace::cli
