// The planner alone: events in, actions out, no ledger and no network.
#include <algorithm>

#include "bench/measure.h"
#include "bench/workload.h"
#include "coordinator/planner/planner.h"

namespace millrace::bench {
namespace {

constexpr size_t kWideWindow = 10'000;  // shards
constexpr double kWideGoalMs = 250;
constexpr size_t kDayShards = 1'000, kDayWindows = 288;
constexpr auto kWindow = std::chrono::minutes(5);

using Borders = std::map<ShardId, Border>;

std::string end_position(size_t shard, int64_t millis) {
    Position end;
    end.place.iterator = "iterator-" + std::to_string(shard) + "-" + std::to_string(millis);
    end.place.last = Sequence{0, millis * 1000 - 1, 0};
    end.began = end.place;
    return to_json(end);
}

ShardId name_of(size_t shard) {
    return ShardId("00000000-0000-0000-0000-" + std::to_string(100'000'000'000 + shard));
}

// One window from its first listing to its borders, as ItemDriver feeds it; `borders` are those of
// the window before, and become those of this one.
Status plan(const Window& window, size_t shards, Borders& borders) {
    Planner planner({.stream = StreamId("stream"), .window = window});
    std::vector<planner::Action> actions = planner.step(planner::Tick{}, MonoTime());
    std::vector<planner::Event> events;
    size_t added = 0;
    for (bool listed = false; !listed || !events.empty();) {
        if (events.empty()) {
            planner::Listing listing;
            for (size_t i = 0; i < shards; ++i) {
                listing.shards.push_back({name_of(i), {}});
                ShardHistory& history = listing.histories[name_of(i)];
                if (const auto at = borders.find(name_of(i)); at != borders.end()) {
                    history.at_start = at->second;
                }
            }
            events.push_back(std::move(listing));
            listed = true;
        }
        std::vector<planner::Event> now = std::exchange(events, {});
        for (const planner::Event& event : now) {
            for (planner::Action& action : planner.step(event, MonoTime())) {
                if (const auto* add = std::get_if<planner::AddItem>(&action)) {
                    const std::string position = end_position(added++, to_millis(window.end));
                    events.push_back(
                        planner::ItemEnded{add->shard, {EndKind::kBorder, position}, true});
                } else if (auto* record = std::get_if<planner::RecordBorders>(&action)) {
                    for (ShardBorders& shard : record->borders) {
                        borders[shard.shard] = std::move(shard.borders.rbegin()->second);
                    }
                    if (added == shards) return {};
                }
            }
        }
    }
    return fatal_error("the planner did not record the borders of its window");
}

Result<double> wide_window_ms() {
    Borders borders;
    Status status;
    const Spent spent = spent_by([&] {
        status = plan({from_millis(0), from_millis(0) + kWindow}, kWideWindow, borders);
    });
    MILLRACE_TRY(status);
    if (borders.size() != kWideWindow) return fatal_error("shards are missing");
    return spent.cpu_us / 1000;
}

Result<double> day_ms() {
    Borders borders;
    Status status;
    const Spent spent = spent_by([&] {
        MillisPoint start = from_millis(0);
        for (size_t i = 0; i < kDayWindows && status.ok(); ++i, start += kWindow) {
            status = plan({start, start + kWindow}, kDayShards, borders);
        }
    });
    MILLRACE_TRY(status);
    return spent.cpu_us / 1000;
}

}  // namespace

Result<Figures> run_planning(const Options& options) {
    std::vector<double> wide, day;
    for (int round = 0; round < options.rounds; ++round) {
        MILLRACE_ASSIGN(const double ms, wide_window_ms());
        wide.push_back(ms);
    }
    for (int round = 0; round < std::min(options.rounds, 3); ++round) {
        MILLRACE_ASSIGN(const double ms, day_ms());
        day.push_back(ms);
    }
    Figure window{"window", median(wide), "ms"};
    window.goal = kWideGoalMs;
    window.note = "CPU of one window of 10,000 shards, from the listing to its borders";
    return Figures{window,
                   {.name = "day",
                    .value = median(day),
                    .unit = "ms",
                    .note = "CPU of 288 windows of 1,000 shards"},
                   {.name = "resident",
                    .value = resident_peak_mib(),
                    .unit = "MiB",
                    .note = "peak, borders of the last window and the test's own events included"}};
}

}  // namespace millrace::bench
