// `millrace plan JOB`: what a run would do, without doing it.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/embedded.h"
#include "cli/next.h"
#include "cli/read_job.h"
#include "common/config/oss_writer.h"
#include "common/config/time_forms.h"
#include "coordinator/commit/whole_partition.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

json columns_beside(const JobSpec& job, const RecordShape& shape) {
    json pairs = json::array();
    const json to = job.writer.parameters.value("column", json::array());
    for (size_t i = 0; i < shape.columns.size(); ++i) {
        std::string beside = shape.columns[i].name;
        if (i < to.size() && to[i].is_object()) beside = to[i].value("name", "");
        if (i < to.size() && to[i].is_string()) beside = to[i].get<std::string>();
        pairs.push_back({shape.columns[i].name, beside});
    }
    return pairs;
}

// The parameters that say where the writer writes.
json address_of(const JobSpec& job) {
    json target = {{"kind", job.writer.plugin}};
    for (const char* name : {"endpoint", "host", "instanceName", "project", "index", "indexName",
                             "table", "partition"}) {
        if (job.writer.parameters.contains(name)) target[name] = job.writer.parameters[name];
    }
    return target;
}

Result<json> target_of(const JobSpec& job, const Window& window, const json& shards) {
    if (job.writer.plugin != "oss") return address_of(job);
    MILLRACE_ASSIGN(const OssWriterConfig config, read_oss_writer(job.writer));
    const oss::Naming naming = naming_of(config, window, 0);
    json objects = json::array();
    for (const json& shard : shards) {
        objects.push_back(oss::object_name(naming, ShardId(shard["shard"].get<std::string>()), 0));
    }
    return json{{"kind", "oss"},
                {"bucket", config.address.bucket},
                {"objects", objects},
                {"manifest", oss::manifest_name(naming, job.task)},
                {"write_mode", job.writer.parameters.value("writeMode", "")}};
}

// The windows that --whole-partition replays, with the runs that it replaces.
Result<json> replaced_by(const RunRequest& request, Embedded& embedded) {
    json replaced = json::array();
    if (!request.whole_partition) return replaced;
    MILLRACE_ASSIGN(const auto history, embedded.coordinator().history());
    MILLRACE_ASSIGN(const auto whole, whole_partition_of(embedded.job(), history, *request.window));
    for (const HeldWindow& held : whole.windows) {
        replaced.push_back({{"window", to_text(held.window)}, {"run", held.run.text()}});
    }
    return replaced;
}

Result<json> plan_run(Embedded& embedded, const RunRequest& request) {
    const JobSpec& job = embedded.job();
    JobCoordinator& coordinator = embedded.coordinator();
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(job.time_zone));
    MILLRACE_ASSIGN(const json shards, coordinator.source_side().preview());
    MILLRACE_ASSIGN(const StartDecision decision, coordinator.decide(request));
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(coordinator.source().server_time);
    Window shown = request.window.value_or(Window{now, now});
    if (request.whole_partition && decision.kind != StartDecision::Kind::kRefuse) {
        shown = decision.window;
    }
    MILLRACE_ASSIGN(const json target, target_of(job, shown, shards));
    MILLRACE_ASSIGN(const json replaces, replaced_by(request, embedded));
    static constexpr const char* kWhat[] = {"would be created", "would go on",
                                            "is committed already", "would be refused"};
    return json{{"task", job.task.text()},
                {"identity", job.identity},
                {"window",
                 {{"start", to_local_text(shown.start, zone)},
                  {"end", to_local_text(shown.end, zone)},
                  {"zone", job.time_zone}}},
                {"run", kWhat[static_cast<int>(decision.kind)]},
                {"why", decision.text},
                {"replaces", replaces},
                {"stream", coordinator.source().stream.text()},
                {"shards", shards},
                {"columns", columns_beside(job, coordinator.source().shape)},
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
    for (const json& one : plan["replaces"]) {
        out << "\nreplaces  " << one["window"].get<std::string>() << "  run "
            << one["run"].get<std::string>();
    }
    const std::string stream = plan["stream"].get<std::string>();
    out << "\n" << (stream.empty() ? "" : "stream    " + stream + "\n");
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
    const std::string zone = job.time_zone, reader = job.reader.plugin;
    MILLRACE_ASSIGN(StateFolder state, StateFolder::open(options, world));
    MILLRACE_ASSIGN(const auto embedded, Embedded::create(std::move(job), state, world, {}));
    MILLRACE_TRY(embedded->coordinator().connect());
    std::vector<std::optional<Window>> windows;
    if (options.next) {
        MILLRACE_ASSIGN(const auto next, next_windows(options, *embedded, zone));
        windows.assign(next.begin(), next.end());
    } else if (window || reader != "otsstream") {
        windows.push_back(window);
    } else {
        return config_error("the job names no window; give start and end, or use --next");
    }
    for (const std::optional<Window>& one : windows) {
        MILLRACE_ASSIGN(const json made,
                        plan_run(*embedded, {.window = one,
                                             .replay = options.replay,
                                             .accept_loss = options.accept_loss,
                                             .run = {},
                                             .whole_partition = options.whole_partition}));
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
