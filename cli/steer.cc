// `millrace pause`, `resume`, `cancel`, `rerun`, `set` and `replay`: what changes a run.
#include <charconv>
#include <ostream>

#include "cli/remote.h"
#include "cli/text.h"
#include "common/config/time_forms.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr double kMegabyteBytes = 1'048'576;  // as "mbps" of a job

int done(const Options& options, Surroundings& world, const std::string& text) {
    if (options.json) {
        print_json({{"run", options.subject}, {"done", true}}, world.out);
    } else {
        world.out << "run " << options.subject << " " << text << "\n";
    }
    return kExitDone;
}

int steer(const Options& options, Surroundings& world, const std::string& text) {
    return ask_coordinator(options, world, [&](Client& client) -> Result<int> {
        MILLRACE_TRY(client.steer(RunId(options.subject), options.command));
        return done(options, world, text);
    });
}

template <typename Number>
bool read_number(std::string_view text, Number& to) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
    return error == std::errc() && end == text.data() + text.size();
}

// "mbps=7", "concurrent=4"
Result<LimitChange> read_changes(const std::vector<std::string>& words) {
    LimitChange change;
    for (const std::string& word : words) {
        const size_t equals = std::min(word.find('='), word.size());
        const std::string name = word.substr(0, equals);
        const std::string_view value =
            std::string_view(word).substr(std::min(equals + 1, word.size()));
        double mbps = 0;
        int concurrent = 0;
        if (name == "mbps" && read_number(value, mbps)) {
            change.bytes_per_second = mbps * kMegabyteBytes;
        } else if (name == "concurrent" && read_number(value, concurrent)) {
            change.concurrent = concurrent;
        } else {
            return config_error("\"" + word +
                                "\" is no limit; write mbps=NUMBER or concurrent=NUMBER");
        }
    }
    return change;
}

// 2026-11-21T10:00:00Z, or yyyyMMddHHmmss in the zone.
Result<MillisPoint> read_moment(const std::string& name, const std::string& text,
                                const TimeZone& zone) {
    if (text.ends_with('Z')) return api::read_time(name, text);
    const Result<TimeZone::Instant> time = parse_time_string(text, zone);
    if (!time.ok()) return config_error("--" + name + ": " + time.status().text());
    return time->time;
}

Result<ReplayRequest> read_replay_options(const Options& options) {
    const std::string zone_name = options.time_zone.empty() ? "Asia/Shanghai" : options.time_zone;
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(zone_name));
    ReplayRequest request;
    request.run = RunId(options.subject);
    MILLRACE_ASSIGN(request.range.start, read_moment("from", options.from, zone));
    MILLRACE_ASSIGN(request.range.end, read_moment("to", options.to, zone));
    request.dry_run = options.dry_run;
    request.whole_partition = options.whole_partition;
    return request;
}

std::string member(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string windows_text(const json& answer, bool dry_run) {
    const json windows = answer.value("windows", json::array());
    if (!windows.is_array() || windows.empty()) return "no committed window lies in this range\n";
    const bool whole = windows.front().contains("partition");
    Table table({"WINDOW (UTC)", "", "REPLACES", dry_run ? "" : "RUN", whole ? "PARTITION" : ""});
    for (const json& one : windows) {
        const auto window = one.find("window");
        const json range = window != one.end() ? *window : json();
        table.add({range.is_string() ? range.get<std::string>() : member(range, "start"),
                   member(range, "end"), member(one, "replaces"), member(one, "run"),
                   member(one, "partition")});
    }
    return table.text();
}

}  // namespace

int run_pause(const Options& options, Surroundings& world) {
    return steer(options, world, "pauses: its items are given back at their next checkpoint");
}

int run_resume(const Options& options, Surroundings& world) {
    return steer(options, world, "goes on");
}

int run_cancel(const Options& options, Surroundings& world) {
    return steer(options, world, "is cancelled");
}

int run_rerun(const Options& options, Surroundings& world) {
    return ask_coordinator(options, world, [&](Client& client) -> Result<int> {
        MILLRACE_TRY(client.rerun(RunId(options.subject), options.error_limit));
        return done(options, world, "goes on where its checkpoints are");
    });
}

int run_set(const Options& options, Surroundings& world) {
    return ask_coordinator(options, world, [&](Client& client) -> Result<int> {
        MILLRACE_ASSIGN(const LimitChange change, read_changes(options.changes));
        MILLRACE_TRY(client.set(RunId(options.subject), change));
        return done(options, world,
                    "has new limits; they hold with the next renewal of its leases");
    });
}

int run_replay(const Options& options, Surroundings& world) {
    return ask_coordinator(options, world, [&](Client& client) -> Result<int> {
        MILLRACE_ASSIGN(ReplayRequest request, read_replay_options(options));
        Result<json> answer = client.replay(request);
        if (!answer.ok() && answer.status().code() == Code::kNotFound) {
            // No run has this id: a task, then.
            request.task = TaskId(std::exchange(request.run, RunId()).text());
            answer = client.replay(request);
        }
        if (!answer.ok()) return answer.status();
        if (options.json) {
            print_json(*answer, world.out);
        } else {
            world.out << windows_text(*answer, options.dry_run);
        }
        return kExitDone;
    });
}

}  // namespace millrace::cli
