// The view is filled from the log.
#include <algorithm>

#include "coordinator/catalog/catalog_keys.h"
#include "coordinator/catalog/catalog_tables.h"
#include "coordinator/catalog/row_codec.h"

namespace millrace {

using catalog::decode_borders;
using catalog::decode_instance;
using catalog::decode_items;
using catalog::InstanceText;
using catalog::intent_key;
using catalog::kBorders;
using catalog::kCeilingKey;
using catalog::kCounts;
using catalog::kInstances;
using catalog::kItems;
using catalog::kPackages;
using catalog::kTokenKey;
using catalog::receipt_key;
using catalog::StoredItem;

namespace {

template <typename T>
T whole(Result<T> result) {
    if (!result.ok()) throw StorageFailure{result.status()};
    return *std::move(result);
}

std::string value_of(const std::map<std::string, std::string>& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? std::string() : found->second;
}

}  // namespace

Status CatalogTables::open() {
    MILLRACE_TRY(log_.open([this](CatalogRecord record) {
        values_.take(std::move(record));
        return Status();
    }));
    MILLRACE_ASSIGN(const auto values, values_.finish());
    try {
        view_.begin(Durability::kProcess);
        fill(values);
        view_.commit();
    } catch (const StorageFailure& failure) {
        view_.rollback();
        failure_ = failure.status;
    }
    return failure_;
}

void CatalogTables::fill(const std::map<std::string, std::string>& values) {
    std::map<uint64_t, InstanceRow> instances;
    for (const auto& [key, value] : values) {
        if (key.starts_with(kCounts)) kept_[key] = value;
        if (!key.starts_with(kInstances)) continue;
        InstanceText text = whole(decode_instance(value));
        text.row.intent = value_of(values, intent_key(text.row.run));
        text.row.receipt = value_of(values, receipt_key(text.row.run));
        instances[text.ordinal] = std::move(text.row);
    }
    for (const auto& [ordinal, row] : instances) {
        view_.insert(row);
        view_.update(row);
        keep(row, ordinal);
        next_ = ordinal + 1;
    }
    for (const auto& [key, value] : values) {
        if (key.starts_with(kItems)) {
            fill_items(value);
        } else if (key.starts_with(kBorders)) {
            fill_borders(RunId(key.substr(std::string(kBorders).size())), value);
            kept_[key] = value;
        } else if (key.starts_with(kPackages)) {
            next_ = std::max<uint64_t>(next_, std::stoull(value) + 1);
            kept_[key] = value;
        } else if (key == kTokenKey || key == kCeilingKey) {
            kept_[key] = value;
        }
    }
}

void CatalogTables::fill_items(const std::string& text) {
    for (const StoredItem& item : whole(decode_items(text))) {
        view_.insert(item.row);
        view_.update(item.row);
        view_.put_parts(item.row.item, item.parts);
    }
}

void CatalogTables::fill_borders(const RunId& run, const std::string& text) {
    const std::optional<InstanceRow> instance = view_.instance(run);
    if (!instance) return;
    for (const ShardBorders& shard : whole(decode_borders(text))) {
        const BorderKey key{instance->task, shard.stream, shard.shard};
        for (const auto& [time_ms, border] : shard.borders) {
            if (!view_.border(key, time_ms)) view_.put_border(key, time_ms, border, run);
        }
    }
}

}  // namespace millrace
