#include "common/store/memory_tables.h"

#include <algorithm>
#include <tuple>

#include "common/store/rules.h"

namespace millrace {

std::optional<InstanceRow> MemoryTables::instance(const RunId& run) {
    const auto found = instances_.find(run);
    return found == instances_.end() ? std::nullopt : std::optional(found->second.row);
}

void MemoryTables::insert(const InstanceRow& row) {
    instances_[row.run].row = row;
    in_order_.push_back(row.run);
}

void MemoryTables::update(const InstanceRow& row) {
    instances_.at(row.run).row = row;
}

std::vector<RunOfWindow> MemoryTables::runs_of(const TaskId& task, const Window& window) {
    std::vector<RunOfWindow> runs;
    for (const RunId& run : in_order_) {
        const InstanceRow& row = row_of(run);
        if (row.task == task && row.window == window)
            runs.push_back({row.run, row.number, row.state});
    }
    std::sort(runs.begin(), runs.end(),
              [](const RunOfWindow& a, const RunOfWindow& b) { return a.number < b.number; });
    return runs;
}

bool MemoryTables::later_claimed(const TaskId& task, MillisPoint end) {
    return std::any_of(in_order_.begin(), in_order_.end(), [&](const RunId& run) {
        const InstanceRow& row = row_of(run);
        return row.task == task && row.window.start >= end && row.claimed;
    });
}

std::vector<InstanceRow> MemoryTables::instances_of(const TaskId& task) {
    std::vector<InstanceRow> rows;
    for (const RunId& run : in_order_) {
        if (row_of(run).task == task) rows.push_back(row_of(run));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const InstanceRow& a, const InstanceRow& b) {
        return std::tie(a.window.start, a.number) < std::tie(b.window.start, b.number);
    });
    return rows;
}

std::vector<InstanceRow> MemoryTables::open_commits() {
    std::vector<InstanceRow> rows;
    for (const RunId& run : in_order_) {
        const InstanceState state = row_of(run).state;
        if (state == InstanceState::kCommitting || state == InstanceState::kCommitted) {
            rows.push_back(row_of(run));
        }
    }
    return rows;
}

std::optional<ItemRow> MemoryTables::item(const ItemId& item) {
    const auto found = items_.find(item);
    return found == items_.end() ? std::nullopt : std::optional(found->second.row);
}

void MemoryTables::insert(const ItemRow& row) {
    items_[row.item].row = row;
    instances_.at(row.run).items.push_back(row.item);
}

void MemoryTables::update(const ItemRow& row) {
    ItemRow& there = items_.at(row.item).row;
    size_t& claims = instances_.at(row.run).claims;
    if (there.state == ItemState::kClaimed) --claims;
    if (row.state == ItemState::kClaimed) ++claims;
    there = row;
}

std::vector<ItemRow> MemoryTables::items_of(const RunId& run) {
    std::vector<ItemRow> rows;
    for (const ItemId& item : instances_.at(run).items) rows.push_back(items_.at(item).row);
    return rows;
}

void MemoryTables::remove_items(const RunId& run) {
    Instance& instance = instances_.at(run);
    for (const ItemId& item : instance.items) items_.erase(item);
    instance.items.clear();
    instance.claims = 0;
}

std::vector<ItemRow> MemoryTables::held_items() {
    std::vector<ItemRow> rows;
    for (const auto& [id, item] : items_) {
        const bool held = item.row.state == ItemState::kClaimed || item.row.abandoned != Epoch{};
        if (held && row_of(item.row.run).state == InstanceState::kRunning) rows.push_back(item.row);
    }
    return rows;
}

std::vector<DueItem> MemoryTables::due(MonoTime now, size_t max) {
    std::vector<DueItem> due;
    for (const RunId& id : in_order_) {
        const InstanceRow& run = row_of(id);
        if (run.state != InstanceState::kRunning || run.control.paused || run.control.cancelled) {
            continue;
        }
        const bool full = rules::full(run, instances_.at(id).claims);
        for (const ItemId& item : instances_.at(id).items) {
            if (due.size() == max) return due;
            const ItemRow& row = items_.at(item).row;
            if ((row.state == ItemState::kReady && !full) ||
                (row.state == ItemState::kClaimed && row.deadline <= now)) {
                due.push_back({row.item, row.run, row.attempts});
            }
        }
    }
    return due;
}

Tally MemoryTables::tally(const RunId& run) {
    Tally tally;
    for (const ItemId& item : instances_.at(run).items) {
        ++tally.items;
        tally.written += items_.at(item).row.state == ItemState::kWritten ? 1U : 0U;
    }
    return tally;
}

size_t MemoryTables::claims_of(const RunId& run) {
    return instances_.at(run).claims;
}

Counts MemoryTables::counts(const RunId& run) {
    Counts counts;
    for (const ItemId& item : instances_.at(run).items) {
        counts.add(items_.at(item).row.progress.counts);
    }
    return counts;
}

std::vector<Part> MemoryTables::parts(const ItemId& item) {
    std::vector<Part> parts;
    for (const auto& [key, data] : items_.at(item).parts) {
        parts.push_back({key.first, key.second, data});
    }
    return parts;
}

std::optional<Part> MemoryTables::part(const ItemId& item, uint32_t object, uint32_t number) {
    const auto& parts = items_.at(item).parts;
    const auto found = parts.find({object, number});
    if (found == parts.end()) return {};
    return Part{object, number, found->second};
}

void MemoryTables::put_parts(const ItemId& item, std::span<const Part> parts) {
    for (const Part& part : parts) items_.at(item).parts[{part.object, part.number}] = part.data;
}

void MemoryTables::remove_parts(const ItemId& item) {
    items_.at(item).parts.clear();
}

void MemoryTables::put_border(const BorderKey& key, int64_t time_ms, const Border& border,
                              const RunId&) {
    borders_[key][time_ms] = border;
}

std::optional<Border> MemoryTables::border(const BorderKey& key, int64_t time_ms) {
    const auto all = borders(key);
    const auto found = all.find(time_ms);
    return found == all.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::pair<int64_t, Border>> MemoryTables::border_before(const BorderKey& key,
                                                                      int64_t time_ms) {
    const auto all = borders(key);
    const auto after = all.lower_bound(time_ms);
    if (after == all.begin()) return {};
    return *std::prev(after);
}

std::map<int64_t, Border> MemoryTables::borders(const BorderKey& key) {
    const auto found = borders_.find(key);
    return found == borders_.end() ? std::map<int64_t, Border>() : found->second;
}

void MemoryTables::remove(const RunId& run) {
    if (!instances_.contains(run)) return;
    remove_items(run);
    instances_.erase(run);
    std::erase(in_order_, run);
}

}  // namespace millrace
