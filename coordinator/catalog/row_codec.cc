#include "coordinator/catalog/row_codec.h"

#include <nlohmann/json.hpp>

namespace millrace::catalog {
namespace {

using nlohmann::json;

// One field of a row in both directions, so that none is written and not read.
struct Writing {
    json made = json::object();
    template <typename T>
    void field(const char* name, const T& value) {
        if (value != T()) made[name] = value;
    }
};
struct Reading {
    const json& from;
    template <typename T>
    void field(const char* name, T& value) {
        if (const auto found = from.find(name); found != from.end()) found->get_to(value);
    }
};

template <typename Side, typename Tag>
void id(Side& side, const char* name, Id<Tag>& value) {
    std::string text = value.text();
    side.field(name, text);
    value = Id<Tag>(std::move(text));
}

template <typename Side, typename Enum>
void number(Side& side, const char* name, Enum& value) {
    auto plain = static_cast<uint64_t>(value);
    side.field(name, plain);
    value = static_cast<Enum>(plain);
}

template <typename Side>
void sum(Side& side, const char* name, Sum128& value) {
    std::string hex = value == Sum128() ? "" : value.hex();
    side.field(name, hex);
    if (hex.empty()) return;
    const Result<Sum128> parsed = Sum128::parse(hex);
    if (!parsed.ok()) throw StorageFailure{parsed.status()};
    value = *parsed;
}

template <typename Side>
void instance(Side& side, InstanceRow& row, uint64_t& ordinal) {
    side.field("ordinal", ordinal);
    id(side, "run", row.run);
    id(side, "task", row.task);
    int64_t start = to_millis(row.window.start), end = to_millis(row.window.end);
    side.field("start", start);
    side.field("end", end);
    row.window = {from_millis(start), from_millis(end)};
    number(side, "kind", row.kind);
    side.field("number", row.number);
    number(side, "state", row.state);
    side.field("reason", row.reason);
    side.field("by_image", row.by_image);
    side.field("claimed", row.claimed);
    side.field("borders", row.borders);
    side.field("job_version", row.job_version);
    side.field("encoder_version", row.encoder_version);
    side.field("job", row.job);
    side.field("bytes_per_second", row.control.source_bytes_per_second);
    side.field("records_per_second", row.control.source_records_per_second);
    side.field("concurrent", row.control.concurrent);
    side.field("paused", row.control.paused);
    side.field("cancelled", row.control.cancelled);
    side.field("staging", row.staging);
    side.field("reserved", row.reserved);
}

template <typename Side>
void counts(Side& side, Counts& all) {
    side.field("read", all.read);
    side.field("put", all.put);
    side.field("update", all.update);
    side.field("remove", all.remove);
    side.field("acknowledged", all.acknowledged);
    side.field("quarantined", all.quarantined);
    side.field("dropped_delete_in_row_mode", all.dropped_delete_in_row_mode);
    side.field("dropped_no_configured_column", all.dropped_no_configured_column);
    side.field("rows", all.rows);
    side.field("rows_dirty", all.rows_dirty);
    side.field("source_bytes", all.source_bytes);
    side.field("output_bytes", all.output_bytes);
}

template <typename Side>
void item(Side& side, ItemRow& row) {
    id(side, "item", row.item);
    id(side, "run", row.run);
    id(side, "shard", row.shard);
    number(side, "state", row.state);
    side.field("from", row.start);
    side.field("has_progress", row.has_progress);
    side.field("position", row.progress.position);
    side.field("staging", row.progress.staging);
    counts(side, row.progress.counts);
    sum(side, "source_sum", row.progress.source_sum);
    sum(side, "output_sum", row.progress.output_sum);
    bool has_end = row.end.has_value();
    side.field("has_end", has_end);
    if (has_end) {
        ItemEnd end = row.end.value_or(ItemEnd());
        number(side, "end_kind", end.kind);
        side.field("end_position", end.position);
        row.end = std::move(end);
    }
    number(side, "epoch", row.epoch);
    id(side, "claim", row.claim);
    number(side, "claim_end", row.claim_end);
    number(side, "abandoned", row.abandoned);
    int64_t deadline = row.deadline.time_since_epoch().count();
    side.field("deadline", deadline);
    row.deadline = MonoTime(Duration(deadline));
    side.field("attempts", row.attempts);
    side.field("reason", row.reason);
    side.field("reserved", row.reserved);
}

// Bytes that are no UTF-8 can only stand in reasons, for people.
std::string text_of(const json& made) {
    return made.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <typename T, typename Read>
Result<T> decode(const std::string& text, const char* what, Read read) {
    try {
        T value;
        read(json::parse(text), value);
        return value;
    } catch (const json::exception&) {
        // said below
    } catch (const StorageFailure&) {
        // said below
    }
    return Status(Code::kCorrupt, std::string("the catalog holds ") + what +
                                      " that cannot be read: was it written by a newer program?");
}

}  // namespace

std::string encode(const InstanceRow& row, uint64_t ordinal) {
    Writing side;
    InstanceRow copy = row;
    instance(side, copy, ordinal);
    side.made["concurrent"] = row.control.concurrent;  // its first value is not 0
    return text_of(side.made);
}

Result<InstanceText> decode_instance(const std::string& text) {
    return decode<InstanceText>(text, "an instance", [](const json& from, InstanceText& made) {
        Reading side{from};
        instance(side, made.row, made.ordinal);
    });
}

std::string encode(std::span<const StoredItem> items) {
    json all = json::array();
    for (const StoredItem& one : items) {
        Writing side;
        ItemRow copy = one.row;
        item(side, copy);
        for (const Part& part : one.parts) {
            side.made["parts"].push_back({part.object, part.number, part.data});
        }
        all.push_back(std::move(side.made));
    }
    return text_of(all);
}

Result<std::vector<StoredItem>> decode_items(const std::string& text) {
    using All = std::vector<StoredItem>;
    return decode<All>(text, "items", [](const json& from, All& all) {
        for (const json& one : from) {
            StoredItem& made = all.emplace_back();
            Reading side{one};
            item(side, made.row);
            if (!one.contains("parts")) continue;
            for (const json& part : one.at("parts")) {
                made.parts.push_back({part.at(0).get<uint32_t>(), part.at(1).get<uint32_t>(),
                                      part.at(2).get<std::string>()});
            }
        }
    });
}

std::string encode(const Counts& all) {
    Writing side;
    Counts copy = all;
    counts(side, copy);
    return text_of(side.made);
}

Result<Counts> decode_counts(const std::string& text) {
    return decode<Counts>(text, "counts", [](const json& from, Counts& all) {
        Reading side{from};
        counts(side, all);
    });
}

std::string encode(std::span<const ShardBorders> borders) {
    json all = json::array();
    for (const ShardBorders& shard : borders) {
        json times = json::array();
        for (const auto& [time_ms, border] : shard.borders) {
            times.push_back({time_ms, border.kind, border.position, border.gave_records});
        }
        all.push_back({shard.stream.text(), shard.shard.text(), std::move(times)});
    }
    return text_of(all);
}

Result<std::vector<ShardBorders>> decode_borders(const std::string& text) {
    using All = std::vector<ShardBorders>;
    return decode<All>(text, "borders", [](const json& from, All& all) {
        for (const json& one : from) {
            ShardBorders& shard = all.emplace_back(ShardBorders{
                StreamId(one.at(0).get<std::string>()), ShardId(one.at(1).get<std::string>()), {}});
            for (const json& time : one.at(2)) {
                shard.borders[time.at(0).get<int64_t>()] = {time.at(1).get<std::string>(),
                                                            time.at(2).get<std::string>(),
                                                            time.at(3).get<bool>()};
            }
        }
    });
}

}  // namespace millrace::catalog
