#include "coordinator/service/service_metrics.h"

#include <algorithm>
#include <map>

#include "common/metrics/names.h"

namespace millrace {
namespace {

// Older runs are not looked at.
constexpr size_t kRunsShown = 1'000;
constexpr Duration kHeardLately = std::chrono::seconds(10);

double in_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

constexpr InstanceState kInstanceStates[] = {InstanceState::kRunning,   InstanceState::kCommitting,
                                             InstanceState::kCommitted, InstanceState::kCleaned,
                                             InstanceState::kFailed,    InstanceState::kCancelled};
constexpr ItemState kItemStates[] = {ItemState::kReady, ItemState::kClaimed, ItemState::kWritten,
                                     ItemState::kParked};

}  // namespace

struct ServiceMetrics::Seen {
    TimePoint now;
    std::map<std::string_view, double> windows, items;
    std::vector<Registry::Sample> lags;
};

void ServiceMetrics::look_at(const InstanceView& instance, Seen& seen) {
    ++seen.windows[name_of(instance.state)];
    if (is_over(instance.state)) return;
    const auto items = parts_.world.store.items(instance.run);
    if (!items.ok()) return;
    for (const ItemView& item : *items) {
        ++seen.items[name_of(item.state)];
        if (const auto lag = lag_of(item, instance, seen.now)) {
            seen.lags.push_back({{instance.task.text(), item.shard.text()}, in_seconds(*lag)});
        }
    }
}

void ServiceMetrics::show_workers() {
    double busy = 0, slots = 0;
    const auto workers = parts_.workers.present(parts_.world.clock.monotonic() - kHeardLately);
    for (const WorkerInfo& worker : workers) {
        busy += static_cast<double>(worker.items.size());
        slots += static_cast<double>(worker.slots);
    }
    registry_.gauge(metric::kWorkers).set(static_cast<double>(workers.size()));
    registry_.gauge(metric::kSlots, {"busy"}).set(busy);
    registry_.gauge(metric::kSlots, {"free"}).set(slots - busy);
}

void ServiceMetrics::refresh() {
    show_workers();
    if (!parts_.supervisor.health().ok()) return;  // it would wait for a ledger that is away
    const auto newest = parts_.world.store.newest(kRunsShown, false);
    if (!newest.ok()) return;
    Seen seen{.now = parts_.world.clock.now(), .windows = {}, .items = {}, .lags = {}};
    for (const InstanceView& instance : *newest) look_at(instance, seen);
    double waiting = 0;
    std::map<std::string, double> left;  // by task
    for (const Standing& standing : parts_.supervisor.standings()) {
        waiting += standing.stage == Stage::kWaiting ? 1 : 0;
        if (standing.stage == Stage::kEnded || !standing.window) continue;
        if (standing.retention == Duration(0)) continue;
        const double seconds =
            in_seconds(TimePoint(standing.window->start) + standing.retention - seen.now);
        const auto [known, added] = left.emplace(standing.task.text(), seconds);
        if (!added) known->second = std::min(known->second, seconds);
    }
    for (const InstanceState state : kInstanceStates) {
        const std::string name(name_of(state));
        registry_.gauge(metric::kWindows, {name}).set(seen.windows[name_of(state)]);
    }
    for (const ItemState state : kItemStates) {
        const std::string name(name_of(state));
        registry_.gauge(metric::kItems, {name}).set(seen.items[name_of(state)]);
    }
    registry_.gauge(metric::kRunsWaiting).set(waiting);
    std::sort(seen.lags.begin(), seen.lags.end(),
              [](const auto& a, const auto& b) { return a.value > b.value; });
    registry_.set_all(metric::kShardLag, seen.lags);
    std::vector<Registry::Sample> retention;
    for (const auto& [task, seconds] : left) retention.push_back({{task}, seconds});
    std::sort(retention.begin(), retention.end(),
              [](const auto& a, const auto& b) { return a.value < b.value; });
    registry_.set_all(metric::kRetentionLeft, retention);
}

}  // namespace millrace
