#include "common/stream/position.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace millrace {
namespace {

using nlohmann::json;

json form(const Sequence& s) {
    return json::array({s.epoch, s.timestamp_us, s.row_index});
}

json form(const ShardPlace& place) {
    json made = {{"iterator", place.iterator},
                 {"skip", place.skip},
                 {"epoch", place.line.epoch},
                 {"shift_us", place.line.shift_us},
                 {"floor_us", place.line.floor_us}};
    if (place.last) made["last"] = form(*place.last);
    return made;
}

Sequence read_sequence(const json& from) {
    return {from.at(0).get<uint32_t>(), from.at(1).get<int64_t>(), from.at(2).get<uint32_t>()};
}

ShardPlace read_place(const json& from) {
    ShardPlace place;
    place.iterator = from.at("iterator").get<std::string>();
    place.skip = from.at("skip").get<uint64_t>();
    place.line = {from.at("epoch").get<uint32_t>(), from.at("shift_us").get<int64_t>(),
                  from.at("floor_us").get<int64_t>()};
    if (from.contains("last")) place.last = read_sequence(from["last"]);
    return place;
}

Position read_position(const json& from) {
    Position position;
    position.place = read_place(from.at("place"));
    if (from.contains("began")) position.began = read_place(from["began"]);
    for (const json& loss : from.value("losses", json::array())) {
        position.losses.push_back(
            {loss.at("from_ms").get<int64_t>(), loss.at("to_ms").get<int64_t>()});
    }
    return position;
}

ItemStart read_start(const json& from) {
    ItemStart start;
    start.place = read_place(from.at("place"));
    start.skip_to_window = from.at("skip_to_window").get<bool>();
    start.accept_loss = from.at("accept_loss").get<bool>();
    if (from.contains("seek_us")) start.seek_us = from["seek_us"].get<int64_t>();
    if (from.contains("end_after")) start.end_after = read_sequence(from["end_after"]);
    if (from.contains("recorded")) {
        const json& recorded = from["recorded"];
        start.recorded = {
            recorded.at("shard_end").get<bool>(), read_place(recorded.at("place")), {}};
        if (recorded.contains("began")) start.recorded->began = read_place(recorded["began"]);
    }
    return start;
}

template <typename T, typename Read>
Result<T> parse(const std::string& text, Read read) {
    try {
        return read(json::parse(text));
    } catch (const json::exception& error) {
        return Status(Code::kCorrupt,
                      std::string("the ledger holds a malformed position: ") + error.what());
    }
}

}  // namespace

void TimeLine::join(const TimeLine& parent) {
    epoch = std::max(epoch, parent.epoch);
    shift_us = std::max(shift_us, parent.shift_us);
    floor_us = std::max(floor_us, parent.floor_us);
}

// A border before the first record: nothing belongs to the item.
void ItemStart::end_within(const Position& end, bool shard_end) {
    end_after = end.place.last.value_or(Sequence{});
    recorded = {shard_end, end.place, end.began};
}

std::string to_json(const Position& position) {
    json made = {{"v", 1}, {"place", form(position.place)}};
    if (position.began) made["began"] = form(*position.began);
    for (const Loss& loss : position.losses) {
        made["losses"].push_back({{"from_ms", loss.from_ms}, {"to_ms", loss.to_ms}});
    }
    return made.dump();
}

std::string to_json(const ItemStart& start) {
    json made = {{"v", 1},
                 {"place", form(start.place)},
                 {"skip_to_window", start.skip_to_window},
                 {"accept_loss", start.accept_loss}};
    if (start.seek_us) made["seek_us"] = *start.seek_us;
    if (start.end_after) made["end_after"] = form(*start.end_after);
    if (start.recorded) {
        json& recorded = made["recorded"];
        recorded = {{"shard_end", start.recorded->shard_end},
                    {"place", form(start.recorded->place)}};
        if (start.recorded->began) recorded["began"] = form(*start.recorded->began);
    }
    return made.dump();
}

Result<Position> parse_position(const std::string& text) {
    return parse<Position>(text, read_position);
}
Result<ItemStart> parse_item_start(const std::string& text) {
    return parse<ItemStart>(text, read_start);
}

}  // namespace millrace
