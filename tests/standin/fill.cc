#include "tests/standin/fill.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/standin/fill_run.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

constexpr const char* kFillNames[] = {
    "table", "changes",    "seed",       "mix",         "cells",       "columns", "value_bytes",
    "keys",  "key_prefix", "from_ms",    "to_ms",       "per_ms",      "charset", "types",
    "texts", "delete_all", "delete_one", "split_at_ms", "epoch_steps", "back_ms"};

void check(const FillSpec& spec, const Table& table, int64_t now_ms) {
    if (spec.from_ms >= spec.to_ms || spec.to_ms > now_ms + 1)
        refuse_parameter("from_ms must be before to_ms, and to_ms not in the future");
    if (spec.changes == 0 || spec.keys == 0 || spec.put + spec.update + spec.remove == 0)
        refuse_parameter("changes, keys and mix must not be 0");
    if (spec.cells < 1 || spec.cells > 1000 || spec.delete_all + spec.delete_one > 100)
        refuse_parameter("cells must be 1 to 1000, delete_all and delete_one at most 100 together");
    if (!table.stream) refuse_parameter("The stream of data table is not enabled.");
    for (const Shard* shard : table.stream->open_shards())
        if (shard->last.timestamp_us >= spec.from_ms * 1000)
            refuse_parameter("from_ms lies before changes that are in the table already");
}

struct KeyRange {
    uint64_t first = 0, end = 0;
    uint64_t count() const { return end - first; }
};

// The keys of the fill that this shard takes: first keys rise with the index.
KeyRange keys_of(const FillShape& shape, const Shard& shard) {
    const auto first_not_below = [&](const Datum& bound) {
        uint64_t low = 0, high = shape.spec().keys;
        while (low < high) {
            const uint64_t middle = low + (high - low) / 2;
            if (compare(shape.first_key(middle), bound) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    };
    return {first_not_below(shard.low), first_not_below(shard.high)};
}

void split_widest(const FillShape& shape, Stream& stream, int64_t when_ms) {
    const Shard* widest = nullptr;
    KeyRange keys;
    for (const Shard* shard : stream.open_shards())
        if (const KeyRange range = keys_of(shape, *shard); range.count() > keys.count()) {
            widest = shard;
            keys = range;
        }
    if (keys.count() < 2)
        refuse_parameter("no shard holds two keys of this fill: nothing to split");
    const Datum at = shape.first_key(keys.first + keys.count() / 2);
    stream.split(widest->id, at, when_ms * 1000, when_ms * 1000);
}

// `count` changes over [from, to), dealt out to the open shards by their share of the keys.
void fill_phase(const std::shared_ptr<const FillShape>& shape, Table& table, uint64_t count,
                int64_t from_ms, int64_t to_ms) {
    uint64_t keys_left = shape->spec().keys;
    for (const Shard* open : table.stream->open_shards()) {
        const KeyRange keys = keys_of(*shape, *open);
        if (keys.count() == 0) continue;
        const uint64_t share = count * keys.count() / keys_left;
        keys_left -= keys.count();
        count -= share;
        if (share == 0) continue;
        Shard& shard = table.stream->shard_of(shape->first_key(keys.first));
        const uint64_t seed = mix(shape->spec().seed ^ mix(keys.first ^ mix(keys.end)) ^
                                  mix(static_cast<uint64_t>(from_ms - shape->spec().from_ms)));
        const auto run = std::make_shared<const FillRun>(
            shape, FillRun::Place{seed, share, keys.first, keys.count(), from_ms, to_ms,
                                  shard.last.epoch});
        shard.add(run);
        table.add_later(run);
    }
}

}  // namespace

FillSpec FillSpec::parse(const nlohmann::json& json) {
    for (const auto& [name, value] : json.items())
        if (std::find(std::begin(kFillNames), std::end(kFillNames), name) == std::end(kFillNames))
            refuse_parameter("/fill knows no \"" + name + "\"");
    FillSpec spec;
    const nlohmann::json shares = json.value("mix", nlohmann::json::object());
    if (json.contains("mix")) spec.put = spec.update = spec.remove = 0;
    spec.put = shares.value("put", spec.put);
    spec.update = shares.value("update", spec.update);
    spec.remove = shares.value("delete", spec.remove);
    spec.table = json.at("table");
    spec.changes = json.value("changes", spec.changes);
    spec.seed = json.value("seed", spec.seed);
    spec.cells = json.value("cells", spec.cells);
    spec.columns = json.value("columns", spec.columns);
    spec.value_bytes = json.value("value_bytes", spec.value_bytes);
    spec.keys = json.value("keys", spec.keys);
    spec.key_prefix = json.value("key_prefix", spec.key_prefix);
    spec.from_ms = json.at("from_ms");
    spec.to_ms = json.at("to_ms");
    spec.per_ms = json.value("per_ms", spec.per_ms);
    spec.mixed_text = json.value("charset", "ascii") == "mixed";
    spec.all_types = json.value("types", "string") == "all";
    spec.texts = json.value("texts", spec.texts);
    spec.delete_all = json.value("delete_all", spec.delete_all);
    spec.delete_one = json.value("delete_one", spec.delete_one);
    spec.epoch_steps = json.value("epoch_steps", spec.epoch_steps);
    spec.back_ms = json.value("back_ms", spec.back_ms);
    if (json.contains("split_at_ms")) {
        const auto& times = json["split_at_ms"];
        if (times.is_array())
            spec.split_at_ms = times.get<std::vector<int64_t>>();
        else
            spec.split_at_ms = {times.get<int64_t>()};
    }
    return spec;
}

void fill(Database& database, const FillSpec& spec) {
    const auto table = database.find(spec.table);
    const std::unique_lock lock(table->mutex);
    check(spec, *table, database.clock().now_ms());
    const auto shape = std::make_shared<const FillShape>(spec, *table);
    std::vector<int64_t> borders = spec.split_at_ms;
    std::sort(borders.begin(), borders.end());
    borders.push_back(spec.to_ms);
    int64_t from_ms = spec.from_ms;
    uint64_t left = spec.changes;
    for (const int64_t to_ms : borders) {
        if (to_ms <= from_ms || to_ms > spec.to_ms)
            refuse_parameter("split_at_ms must lie between from_ms and to_ms");
        const bool last = to_ms == spec.to_ms;
        const double part =
            static_cast<double>(to_ms - from_ms) / static_cast<double>(spec.to_ms - spec.from_ms);
        const auto share = static_cast<uint64_t>(static_cast<double>(spec.changes) * part);
        const uint64_t count = last ? left : std::min(left, share);
        fill_phase(shape, *table, count, from_ms, to_ms);
        left -= count;
        if (!last) split_widest(*shape, *table->stream, to_ms);
        from_ms = to_ms;
    }
}

}  // namespace millrace::standin
