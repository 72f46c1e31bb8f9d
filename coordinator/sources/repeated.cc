#include "coordinator/sources/repeated.h"

#include <map>

#include "common/stream/position.h"
#include "coordinator/joined.h"
#include "coordinator/start.h"

namespace millrace {
namespace {

struct ReadSums {
    uint64_t records = 0;
    Sum128 sum;
    bool operator==(const ReadSums&) const = default;
};

Status add_read(StateStore& store, const RunId& run, ReadSums& sums) {
    MILLRACE_ASSIGN(const std::vector<ItemView> items, store.items(run));
    for (const ItemView& item : items) {
        sums.records += item.progress.counts.read;
        sums.sum.add(item.progress.source_sum);
    }
    return {};
}

// Where the item really began.
Result<ItemStart> start_of(const ItemView& item) {
    MILLRACE_ASSIGN(const Position end, parse_position(item.end->position));
    MILLRACE_ASSIGN(ItemStart start, parse_item_start(item.start));
    if (end.began) start.place = *end.began;
    start.seek_us.reset();
    start.skip_to_window = false;
    start.recorded = RecordedEnd{.began = end.began};
    return start;
}

Status end_with(const ItemView& item, ItemStart& start) {
    MILLRACE_ASSIGN(const Position end, parse_position(item.end->position));
    const std::optional<ShardPlace> began = start.recorded->began;
    start.end_within(end, item.end->kind == EndKind::kShardEnd);
    start.recorded->began = began;  // of the first of several windows
    return {};
}

}  // namespace

Status add_repeated_items(StateStore& store, const InstanceView& instance, bool accept_loss) {
    if (instance.borders_recorded) return {};  // they are there, and none may be added any more
    MILLRACE_ASSIGN(const std::vector<InstanceView> history, store.instances(instance.task));
    const std::vector<InstanceView> firsts = repeated_by(instance, history);
    if (firsts.empty()) return fatal_error("the first run of the window is not in the ledger");
    std::vector<std::pair<ShardId, ItemStart>> again;
    std::map<ShardId, size_t> places;
    for (const InstanceView& first : firsts) {
        MILLRACE_ASSIGN(const std::vector<ItemView> items, store.items(first.run));
        if (items.empty()) {
            return fatal_error("run " + first.run.text() + " of window " + to_text(first.window) +
                               " is over for so long that its work items are no longer kept: its "
                               "window cannot be replayed");
        }
        for (const ItemView& item : items) {
            if (!item.end) continue;
            const auto [place, is_new] = places.try_emplace(item.shard, again.size());
            if (is_new) {
                MILLRACE_ASSIGN(ItemStart start, start_of(item));
                start.accept_loss = accept_loss;
                again.emplace_back(item.shard, std::move(start));
            }
            MILLRACE_TRY(end_with(item, again[place->second].second));
        }
    }
    std::vector<NewItem> items;
    for (const auto& [shard, start] : again) {
        const std::string number = std::to_string(items.size());
        items.push_back({ItemId(instance.run.text() + "/" + number), shard, to_json(start)});
    }
    return store.add_items(instance.run, items);
}

Status check_repeated(StateStore& store, const InstanceView& instance) {
    MILLRACE_ASSIGN(const std::vector<InstanceView> history, store.instances(instance.task));
    if (!is_joined(instance, history)) return {};
    ReadSums before, now;
    for (const InstanceView& first : repeated_by(instance, history)) {
        MILLRACE_TRY(add_read(store, first.run, before));
    }
    MILLRACE_TRY(add_read(store, instance.run, now));
    if (before == now) return {};
    return fatal_error("run " + instance.run.text() + " has read other changes (" +
                       std::to_string(now.records) + ") than the windows that it repeats (" +
                       std::to_string(before.records) +
                       "): the stream no longer has all of them; the partition stays as it is");
}

}  // namespace millrace
