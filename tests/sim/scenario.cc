#include "tests/sim/scenario.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/sim/clock.h"

namespace millrace::sim {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr Duration kUnsettled = minutes(5);  // see coordinator/sources/stream.cc

json address(int port) {
    return {{"endpoint", "http://127.0.0.1:" + std::to_string(port)},
            {"accessId", "id"},
            {"accessKey", "secret"}};
}

json merged(json a, const json& b) {
    a.update(b);
    return a;
}

json reader_of(const Scenario& scenario, const Window& window) {
    json columns = json::array({{{"name", "pk"}}, {{"name", "n"}}});
    if (scenario.value_bytes > 0) columns.push_back({{"name", "filling"}});
    return {{"name", "otsstreamreader"},
            {"parameter", merged(address(9000), {{"instanceName", "school"},
                                                 {"dataTable", "t"},
                                                 {"startTimestampMillis", to_millis(window.start)},
                                                 {"endTimestampMillis", to_millis(window.end)},
                                                 {"mode", "single_version_and_update_only"},
                                                 {"column", columns}})}};
}

json oss_writer(const Scenario& scenario) {
    json parameter = merged(address(9001), {{"bucket", "bucket"},
                                            {"object", "dir/t"},
                                            {"writeMode", "truncate"},
                                            {"fileFormat", "csv"},
                                            {"partBytes", 102400}});
    if (scenario.value_bytes == 0) parameter["objectRows"] = 3 + scenario.seed % 5;
    return {{"name", "osswriter"}, {"parameter", parameter}};
}

json odps_writer(const Scenario& scenario) {
    return {{"name", "odpswriter"},
            {"parameter",
             {{"odpsServer", "http://127.0.0.1:9002/api"},
              {"project", "demo"},
              {"accessId", "id"},
              {"accessKey", "secret"},
              {"table", "t"},
              {"partition", "pt=1"},
              {"column", {"k", "n", "filling"}},
              {"truncate", scenario.seed % 2 == 0},
              {"blockBytes", 1024}}}};
}

json opensearch_writer(const Scenario& scenario) {
    return {{"name", "opensearchwriter"},
            {"parameter",
             {{"host", "http://127.0.0.1:9003"},
              {"indexName", "app"},
              {"table", "main"},
              {"accessId", "id"},
              {"accessKey", "secret"},
              {"column", {"id", "n"}},
              {"batchSize", 2 + scenario.seed % 4},
              {"writeMode", "update"},
              {"deletes", "propagate"}}}};
}

json table_writer(const Scenario& scenario) {
    return {
        {"name", "otswriter"},
        {"parameter", merged(address(9000), {{"instanceName", "school"},
                                             {"table", "copy"},
                                             {"primaryKey", {{{"name", "pk"}, {"type", "string"}}}},
                                             {"column", {{{"name", "n"}, {"type", "int"}}}},
                                             {"writeMode", "PutRow"},
                                             {"batchWriteCount", 2 + scenario.seed % 4},
                                             {"deletes", "propagate"}})}};
}

json writer_of(const Scenario& scenario) {
    switch (scenario.target) {
        case TargetKind::kOss: return oss_writer(scenario);
        case TargetKind::kOdps: return odps_writer(scenario);
        case TargetKind::kOpenSearch: return opensearch_writer(scenario);
        case TargetKind::kTable: return table_writer(scenario);
    }
    return {};
}

void draw_faults(Dice& dice, Scenario& scenario) {
    const auto rate = [&](double most) {
        return dice.chance(0.5) ? 0 : most * 0.01 * double(dice.below(101));
    };
    scenario.http = {.lost = rate(0.04),
                     .answer_lost = rate(0.06),
                     .late = rate(0.04),
                     .refused = rate(0.06),
                     .slow = rate(0.1),
                     .rows_refused = rate(12),
                     .commit_lost = rate(0.6),
                     .usual = scenario.http.usual};
    scenario.bus = {.lost = rate(0.6), .doubled = rate(0.5), .late = rate(0.5)};
    scenario.store = {
        .lost = rate(0.03), .answer_lost = rate(0.03), .doubled = rate(0.2), .slow = rate(0.1)};
}

Duration length_of(Dice& dice, AccidentKind kind, const LeaseSettings& lease) {
    switch (kind) {
        case AccidentKind::kSetBackAsleep: return dice.between(lease.ttl, lease.ttl * 3);
        case AccidentKind::kFreezeWorker:
        case AccidentKind::kFreezeCoordinator:
        case AccidentKind::kFreezeAtLook: return dice.between(lease.ttl / 10, lease.ttl * 3);
        case AccidentKind::kStepWorkerClock:
        case AccidentKind::kStepCoordinatorClock:
            return dice.between(Duration(seconds(-120)), Duration(seconds(120)));
        default: return dice.between(Duration(milliseconds(100)), Duration(lease.ttl * 2));
    }
}

// In the midst of what the processes do, whenever that is.
void draw_accidents(Dice& dice, Scenario& scenario) {
    const int64_t events = 60 + 70 * static_cast<int64_t>(scenario.windows.size());
    for (int64_t left = dice.between(0, 7); left > 0; --left) {
        Accident accident;
        accident.after = static_cast<uint64_t>(dice.between(10, events));
        accident.kind = dice.one_of(
            {AccidentKind::kKillWorker, AccidentKind::kKillWorker, AccidentKind::kDrainWorker,
             AccidentKind::kFreezeWorker, AccidentKind::kFreezeAtLook, AccidentKind::kSetBackAsleep,
             AccidentKind::kStepWorkerClock, AccidentKind::kKillCoordinator,
             AccidentKind::kKillCoordinator, AccidentKind::kStepCoordinatorClock,
             AccidentKind::kFreezeCoordinator, AccidentKind::kRival, AccidentKind::kFlush,
             AccidentKind::kFlush, AccidentKind::kOldCopy, AccidentKind::kPause});
        accident.who = dice.next();
        accident.length = length_of(dice, accident.kind, scenario.lease);
        scenario.accidents.push_back(accident);
    }
    std::sort(scenario.accidents.begin(), scenario.accidents.end(),
              [](const Accident& a, const Accident& b) { return a.after < b.after; });
}

}  // namespace

std::string_view name_of(TargetKind kind) {
    switch (kind) {
        case TargetKind::kOss: return "oss";
        case TargetKind::kOdps: return "odps";
        case TargetKind::kOpenSearch: return "opensearch";
        case TargetKind::kTable: return "table";
    }
    return "?";
}

std::string_view name_of(AccidentKind kind) {
    switch (kind) {
        case AccidentKind::kKillWorker: return "kill worker";
        case AccidentKind::kDrainWorker: return "drain worker";
        case AccidentKind::kFreezeWorker: return "freeze worker";
        case AccidentKind::kFreezeAtLook: return "freeze worker at look";
        case AccidentKind::kSetBackAsleep: return "set worker back asleep";
        case AccidentKind::kStepWorkerClock: return "step worker clock";
        case AccidentKind::kKillCoordinator: return "kill coordinator";
        case AccidentKind::kStepCoordinatorClock: return "step coordinator clock";
        case AccidentKind::kFreezeCoordinator: return "freeze coordinator";
        case AccidentKind::kRival: return "rival";
        case AccidentKind::kFlush: return "flush";
        case AccidentKind::kOldCopy: return "old copy";
        case AccidentKind::kPause: return "pause";
    }
    return "?";
}

Duration Scenario::settled(size_t window) const {
    return TimePoint(windows[window].end) + kUnsettled - kBeginning;
}

Scenario draw_scenario(uint64_t seed) {
    Dice dice(seed ^ 0x5eed);
    Scenario scenario;
    scenario.seed = seed;
    scenario.target = dice.one_of(
        {TargetKind::kOss, TargetKind::kOdps, TargetKind::kOpenSearch, TargetKind::kTable});
    const int windows = 1 + static_cast<int>(dice.below(3));
    MillisPoint start = std::chrono::floor<milliseconds>(kBeginning) + seconds(60);
    for (int i = 0; i < windows; ++i) {
        const MillisPoint end = start + milliseconds(dice.between(10'000, 60'000));
        scenario.windows.push_back({start, end});
        start = end;
    }
    scenario.shards = 1 + static_cast<int>(dice.below(3));
    scenario.keys = 3 + static_cast<int>(dice.below(9));
    if (scenario.target == TargetKind::kOss && dice.chance(0.3)) {
        scenario.value_bytes = static_cast<size_t>(dice.between(20'000, 40'000));
    }
    if (scenario.target == TargetKind::kOdps) {  // a block is 1 KiB or more
        scenario.value_bytes = static_cast<size_t>(dice.between(150, 600));
    }
    scenario.workers = 1 + static_cast<int>(dice.below(3));
    scenario.slots = 1 + static_cast<int>(dice.below(2));
    scenario.lease = {.ttl = seconds(10),
                      .renew_every = seconds(3),
                      .retry_after = milliseconds(500),
                      .margin = seconds(2)};
    scenario.calm = dice.chance(0.05);
    scenario.http.usual = dice.one_of({milliseconds(12), milliseconds(60), milliseconds(400)});
    if (!scenario.calm) {
        draw_faults(dice, scenario);
        draw_accidents(dice, scenario);
    }
    scenario.faults_end = scenario.settled(scenario.windows.size() - 1) + seconds(90);
    scenario.deadline = scenario.faults_end + minutes(60);
    return scenario;
}

JobRequest request_of(const Scenario& scenario, size_t window) {
    JobRequest request;
    request.file = "job.json";
    request.text =
        json{{"job",
              {{"setting", {{"errorLimit", {{"record", 0}}}, {"speed", {{"concurrent", 4}}}}},
               {"content",
                {{{"reader", reader_of(scenario, scenario.windows[window])},
                  {"writer", writer_of(scenario)}}}}}}}
            .dump();
    request.environment = [](std::string_view) { return std::nullopt; };
    request.schedule = std::chrono::floor<milliseconds>(kBeginning);
    return request;
}

}  // namespace millrace::sim
