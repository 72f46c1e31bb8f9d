#include "coordinator/service/run_views.h"

#include "common/stream/position.h"
#include "coordinator/service/submission.h"
#include "coordinator/start.h"

namespace millrace {

using nlohmann::json;

namespace {

constexpr double kMegabyte = 1'048'576;

// The time of the last record that was written. Positions of other sources hold keys of rows, which
// are nobody's business.
std::optional<TimePoint> last_record(const ItemView& item) {
    if (!item.has_progress) return {};
    const auto position = parse_position(item.progress.position);
    if (!position.ok() || !position->place.last) return {};
    return TimePoint(std::chrono::microseconds(position->place.last->timestamp_us));
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

json created_view(const RunId& run) {
    const auto created = created_at(run);
    return created ? json(to_iso8601(*created)) : json(nullptr);
}

json base(const RunId& run, const TaskId& task, const RunFacts& facts) {
    json view = {{"run", run.text()}, {"task", task.text()}, {"identity", facts.identity}};
    if (!facts.name.empty()) view["name"] = facts.name;
    if (!facts.label.empty()) view["label"] = facts.label;
    if (const json created = created_view(run); !created.is_null()) view["created"] = created;
    return view;
}

}  // namespace

bool is_over(InstanceState state) {
    return state == InstanceState::kCleaned || state == InstanceState::kFailed ||
           state == InstanceState::kCancelled;
}

json window_view(const Window& window) {
    if (is_moment(window)) return nullptr;
    return {{"start", to_iso8601(window.start)}, {"end", to_iso8601(window.end)}};
}

std::optional<Duration> lag_of(const ItemView& item, const InstanceView& instance, TimePoint now) {
    if (item.state == ItemState::kWritten || is_moment(instance.window)) return {};
    const TimePoint written = last_record(item).value_or(TimePoint(instance.window.start));
    return std::max(Duration(0), std::chrono::duration_cast<Duration>(now - written));
}

json summary(const InstanceView& instance, const RunFacts& facts) {
    json view = base(instance.run, instance.task, facts);
    view["window"] = window_view(instance.window);
    view["kind"] = instance.kind == RunKind::kReplay ? "replay" : "first";
    view["state"] = name_of(instance.state);
    view["reason"] = instance.reason;
    view["paused"] = instance.control.paused;
    view["mbps"] = instance.control.source_bytes_per_second / kMegabyte;
    view["concurrent"] = instance.control.concurrent;
    view["read"] = instance.counts.read;
    view["rows"] = instance.counts.rows;
    view["dirty"] = instance.counts.rows_dirty;
    view["sourceBytes"] = instance.counts.source_bytes;
    return view;
}

void add_code(json& view, const Standing& standing) {
    if (standing.ended_with != Code::kOk) view["code"] = name_of(standing.ended_with);
}

json summary(const Standing& standing, const RunFacts& facts) {
    json view = base(standing.run, standing.task, facts);
    view["window"] = standing.window ? window_view(*standing.window) : json(nullptr);
    view["kind"] = standing.replay ? "replay" : "first";
    view["state"] = standing.stage == Stage::kEnded ? "FAILED" : "WAITING";
    view["reason"] = standing.text;
    add_code(view, standing);
    return view;
}

void add_progress(json& summary, const InstanceView& instance, const std::vector<ItemView>& items,
                  TimePoint now) {
    size_t written = 0;
    std::optional<Duration> longest;
    for (const ItemView& item : items) {
        written += item.state == ItemState::kWritten ? 1 : 0;
        const auto lag = lag_of(item, instance, now);
        if (lag && (!longest || *lag > *longest)) longest = lag;
    }
    summary["itemsWritten"] = written;
    summary["lagSeconds"] = longest ? json(seconds(*longest)) : json(nullptr);
}

json item_views(const std::vector<ItemView>& items, const InstanceView& instance,
                WorkerTable& workers, TimePoint now) {
    json views = json::array();
    for (const ItemView& item : items) {
        const auto at = last_record(item);
        const auto lag = lag_of(item, instance, now);
        views.push_back({{"item", item.item.text()},
                         {"shard", item.shard.text()},
                         {"state", name_of(item.state)},
                         {"holder", item.state == ItemState::kClaimed ? workers.holder(item.item)
                                                                      : std::string()},
                         {"epoch", static_cast<uint64_t>(item.epoch)},
                         {"attempts", item.attempts},
                         {"position", at ? to_iso8601(*at) : std::string()},
                         {"read", item.progress.counts.read},
                         {"rows", item.progress.counts.rows},
                         {"lagSeconds", lag ? json(seconds(*lag)) : json(nullptr)},
                         {"reason", item.reason}});
    }
    return views;
}

}  // namespace millrace
