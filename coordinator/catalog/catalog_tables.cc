#include "coordinator/catalog/catalog_tables.h"

#include <algorithm>

#include "coordinator/catalog/catalog_keys.h"
#include "coordinator/catalog/row_codec.h"

namespace millrace {

using catalog::borders_key;
using catalog::counts_key;
using catalog::decode_borders;
using catalog::decode_counts;
using catalog::encode;
using catalog::instance_key;
using catalog::intent_key;
using catalog::items_key;
using catalog::kItemsOfRecord;
using catalog::kPackages;
using catalog::package_key;
using catalog::receipt_key;
using catalog::run_of_package;
using catalog::StoredItem;

uint64_t CatalogTables::number(const std::string& key) const {
    const auto found = kept_.find(key);
    return found == kept_.end() ? 0 : std::stoull(found->second);
}

void CatalogTables::set_number(const std::string& key, uint64_t number) {
    touched_.values[key] = std::to_string(number);
}

// A package stands behind the number of its order and a blank.
std::optional<std::string> CatalogTables::package(const RunId& run) const {
    const auto found = kept_.find(package_key(run));
    if (found == kept_.end()) return {};
    return found->second.substr(found->second.find(' ') + 1);
}

void CatalogTables::set_package(const RunId& run, const std::string& package) {
    const std::string key = package_key(run);
    std::string& value = touched_.values[key];
    value.clear();
    if (package.empty()) return;
    const auto there = kept_.find(key);
    value = there == kept_.end() ? std::to_string(next_++) + " "
                                 : there->second.substr(0, there->second.find(' ') + 1);
    value += package;
}

std::vector<RunId> CatalogTables::packages() const {
    std::map<uint64_t, RunId> ordered;
    for (auto it = kept_.lower_bound(kPackages); it != kept_.end(); ++it) {
        const std::optional<RunId> run = run_of_package(it->first);
        if (!run) break;
        ordered[std::stoull(it->second)] = *run;
    }
    std::vector<RunId> runs;
    for (const auto& [order, run] : ordered) runs.push_back(run);
    return runs;
}

std::vector<ShardBorders> CatalogTables::borders_of(const RunId& run) const {
    const auto found = kept_.find(borders_key(run));
    if (found == kept_.end()) return {};
    Result<std::vector<ShardBorders>> borders = decode_borders(found->second);
    if (!borders.ok()) throw StorageFailure{borders.status()};
    return *std::move(borders);
}

void CatalogTables::set_borders_of(const RunId& run, std::span<const ShardBorders> borders) {
    touched_.values[borders_key(run)] = encode(borders);
}

Counts CatalogTables::counts(const RunId& run) {
    const auto found = kept_.find(counts_key(run));
    if (found == kept_.end()) return view_.counts(run);
    const Result<Counts> counts = decode_counts(found->second);
    if (!counts.ok()) throw StorageFailure{counts.status()};
    return *counts;
}

void CatalogTables::forget_work(const RunId& run) {
    touched_.values[counts_key(run)] = encode(view_.counts(run));
    if (package(run)) set_package(run, {});
    remove_items(run);
}

void CatalogTables::remove_items(const RunId& run) {
    touched_.emptied[run] = view_.tally(run).items;
    view_.remove_items(run);
}

void CatalogTables::begin(Durability durability) {
    if (!failure_.ok()) throw StorageFailure{failure_};
    touched_ = {};
    view_.begin(durability);
}

void CatalogTables::commit() {
    if (!touched_.empty()) {
        const std::vector<CatalogRecord> all = records();
        failure_ = log_.append(all);
        if (!failure_.ok()) throw StorageFailure{failure_};
    }
    try {
        view_.commit();
    } catch (const StorageFailure& failure) {
        if (!touched_.empty()) failure_ = failure.status;  // the log is ahead of the view
        throw;
    }
    for (const RunId& run : touched_.instances) keep(*view_.instance(run), ordinals_.at(run));
    for (auto& [key, value] : touched_.values) {
        if (value.empty()) {
            kept_.erase(key);
        } else {
            kept_[key] = value;
        }
    }
    for (const auto& [run, items] : touched_.emptied) keep(*view_.instance(run), ordinals_.at(run));
    touched_ = {};
}

void CatalogTables::rollback() noexcept {
    touched_ = {};
    view_.rollback();
}

void CatalogTables::keep(const InstanceRow& row, uint64_t ordinal) {
    ordinals_[row.run] = ordinal;
    runs_[ordinal] = row.run;
    tasks_.insert(row.task);
    const bool open = row.state == InstanceState::kRunning ||
                      row.state == InstanceState::kCommitting ||
                      row.state == InstanceState::kCommitted;
    if (open) {
        open_[ordinal] = row.run;
    } else {
        open_.erase(ordinal);
    }
    const bool is_over =
        row.state == InstanceState::kCleaned || row.state == InstanceState::kCancelled;
    if (is_over && !kept_.contains(counts_key(row.run))) {
        over_.emplace(row.window.end, row.run);
    } else {
        over_.erase({row.window.end, row.run});
    }
}

void CatalogTables::set_epoch(uint64_t) {
    throw StorageFailure{
        fatal_error("the catalog draws no epochs: claims belong to the live store")};
}

// ---- rows; changes are remembered until the commit

void CatalogTables::insert(const InstanceRow& row) {
    view_.insert(row);
    ordinals_[row.run] = next_++;
    touched_.instances.insert(row.run);
}

void CatalogTables::update(const InstanceRow& row) {
    const std::optional<InstanceRow> before = view_.instance(row.run);
    if (before && (before->intent != row.intent || before->receipt != row.receipt)) {
        touched_.texts.insert(row.run);
    }
    view_.update(row);
    touched_.instances.insert(row.run);
}

void CatalogTables::insert(const ItemRow& row) {
    view_.insert(row);
    touched_.items[row.run].insert(row.item);
}

void CatalogTables::update(const ItemRow& row) {
    view_.update(row);
    touched_.items[row.run].insert(row.item);
}

void CatalogTables::touch_item(const ItemId& item) {
    if (const auto row = view_.item(item)) touched_.items[row->run].insert(item);
}

void CatalogTables::put_parts(const ItemId& item, std::span<const Part> parts) {
    if (parts.empty()) return;
    view_.put_parts(item, parts);
    touch_item(item);
}

void CatalogTables::remove_parts(const ItemId& item) {
    if (view_.parts(item).empty()) return;
    view_.remove_parts(item);
    touch_item(item);
}

// The log has them as they were given, see set_borders_of.
void CatalogTables::put_border(const BorderKey& key, int64_t time_ms, const Border& border,
                               const RunId& run) {
    view_.put_border(key, time_ms, border, run);
}

// ---- rows that are only read

std::vector<RunOfWindow> CatalogTables::runs_of(const TaskId& task, const Window& window) {
    return view_.runs_of(task, window);
}
bool CatalogTables::later_claimed(const TaskId& task, MillisPoint end) {
    return view_.later_claimed(task, end);
}
std::vector<InstanceRow> CatalogTables::instances_of(const TaskId& task) {
    return view_.instances_of(task);
}
std::optional<Part> CatalogTables::part(const ItemId& item, uint32_t object, uint32_t number) {
    return view_.part(item, object, number);
}
std::optional<Border> CatalogTables::border(const BorderKey& key, int64_t time_ms) {
    return view_.border(key, time_ms);
}
std::optional<std::pair<int64_t, Border>> CatalogTables::border_before(const BorderKey& key,
                                                                       int64_t time_ms) {
    return view_.border_before(key, time_ms);
}
std::map<int64_t, Border> CatalogTables::borders(const BorderKey& key) {
    return view_.borders(key);
}

// ---- to the log

void CatalogTables::add_value(const std::string& key, const std::string& value,
                              std::vector<CatalogRecord>& records) {
    std::vector<CatalogRecord> made = values_.records(key, value);
    std::move(made.begin(), made.end(), std::back_inserter(records));
}

std::vector<CatalogRecord> CatalogTables::records() {
    std::vector<CatalogRecord> records;
    for (const auto& [run, items] : touched_.emptied) {
        for (size_t first = 0; first < items; first += kItemsOfRecord) {
            add_value(items_key(run, first / kItemsOfRecord), {}, records);
        }
    }
    for (const auto& [run, items] : touched_.items) add_items(run, items, records);
    for (const auto& [key, value] : touched_.values) add_value(key, value, records);
    for (const RunId& run : touched_.instances) {
        const InstanceRow row = *view_.instance(run);
        if (touched_.texts.contains(run)) {
            add_value(intent_key(run), row.intent, records);
            add_value(receipt_key(run), row.receipt, records);
        }
        add_value(instance_key(run), encode(row, ordinals_.at(run)), records);
    }
    return records;
}

void CatalogTables::add_items(const RunId& run, const std::set<ItemId>& touched,
                              std::vector<CatalogRecord>& records) {
    const std::vector<ItemRow> rows = view_.items_of(run);
    for (size_t first = 0; first < rows.size(); first += kItemsOfRecord) {
        const size_t end = std::min(rows.size(), first + kItemsOfRecord);
        bool changed = false;
        for (size_t i = first; i < end; ++i) changed = changed || touched.contains(rows[i].item);
        if (!changed) continue;
        std::vector<StoredItem> group;
        for (size_t i = first; i < end; ++i) {
            group.push_back({rows[i], view_.parts(rows[i].item)});
        }
        add_value(items_key(run, first / kItemsOfRecord), encode(group), records);
    }
}

}  // namespace millrace
