#include "worker/verify/source_again.h"

#include <algorithm>
#include <tuple>

#include "common/base/hash128.h"
#include "common/stream/position.h"
#include "worker/job/sources.h"

namespace millrace {
namespace {

using nlohmann::json;

// Records that went to the quarantine, by shard and sequence.
using Refusals = std::set<std::tuple<std::string, uint32_t, int64_t, uint32_t>>;

Refusals refused_by(const json& receipt) {
    Refusals refused;
    for (const json& line : receipt.value("quarantine", json::array())) {
        const json& sequence = line.at("sequence");
        refused.emplace(line.at("shard").get<std::string>(), sequence.at(0).get<uint32_t>(),
                        sequence.at(1).get<int64_t>(), sequence.at(2).get<uint32_t>());
    }
    return refused;
}

// Within the borders of a run nothing is sought or skipped any more.
Status bind_stream(const ShardPlace& began, const ShardPlace& end, Claimed& claimed) {
    ItemStart start;
    start.place = began;
    claimed.start = to_json(start);
    claimed.recorded_end = ItemEnd{EndKind::kBorder, to_json(Position{end, {}, {}})};
    return {};
}

ShardPlace place_of(const json& form) {
    ShardPlace place;
    place.iterator = form.at("iterator").get<std::string>();
    place.skip = form.at("skip").get<uint64_t>();
    if (form.contains("last")) {
        const json& last = form["last"];
        place.last = Sequence{last.at(0).get<uint32_t>(), last.at(1).get<int64_t>(),
                              last.at(2).get<uint32_t>()};
    }
    return place;
}

// The borders of one shard: as the ledger has them, which also holds its time line, else as the
// receipt says.
Status bind(const VerifyRequest& request, const json& shard, bool stream, Claimed& claimed) {
    claimed.shard = ShardId(shard.at("shard").get<std::string>());
    for (const ItemView& item : request.source->items) {
        if (item.shard != claimed.shard || !item.end) continue;
        if (!stream) {
            claimed.start = item.start;
            return {};
        }
        MILLRACE_ASSIGN(const ItemStart start, parse_item_start(item.start));
        MILLRACE_ASSIGN(const Position end, parse_position(item.end->position));
        return bind_stream(end.began.value_or(start.place), end.place, claimed);
    }
    if (stream) {
        return bind_stream(place_of(shard.at("start")),
                           place_of(shard.at("/end/position"_json_pointer)), claimed);
    }
    claimed.start = shard.at("start").dump();
    return {};
}

// A key goes from a shard to its children: whatever ended earlier comes first. Keys that never meet
// have no order.
std::vector<json> in_order(const json& receipt) {
    std::vector<json> shards = receipt.at("shards").get<std::vector<json>>();
    std::stable_sort(shards.begin(), shards.end(), [](const json& a, const json& b) {
        static const json::json_pointer kLast("/end/position/last");
        return a.value(kLast, json::array()) < b.value(kLast, json::array());
    });
    return shards;
}

}  // namespace

bool is_gone(const Status& status) {
    switch (status.code()) {
        case Code::kNotFound:
        case Code::kSourceChanged:
        case Code::kFatal:
        case Code::kCorrupt:
        case Code::kConfig: return true;
        default: return false;
    }
}

Result<ReadAgain> read_again(const VerifyRequest& request, const Job& job,
                             const std::function<Status(const Change&)>& take) {
    const Refusals refused = refused_by(request.receipt);
    const bool stream = !request.receipt.at("stream").get<std::string>().empty();
    ReadAgain made;
    Sum128 sum;
    for (const json& shard : in_order(request.receipt)) {
        if (shard.at("/counts/read"_json_pointer).get<uint64_t>() == 0) continue;
        Claimed claimed;
        MILLRACE_TRY(bind(request, shard, stream, claimed));
        Belongings own;
        const ItemParts item{
            job, claimed, request.context, request.source->store, request.context.clock, own};
        const Result<std::unique_ptr<Source>> source = make_source(item);
        if (!source.ok()) {
            made.gone = source.status().text();
            return made;
        }
        Change change;
        for (;;) {
            const Result<bool> more = (*source)->next(change);
            if (!more.ok() && !is_gone(more.status())) return more.status();
            if (!more.ok()) made.gone = more.status().text();
            if (!more.ok()) return made;
            if (!*more) break;
            ++made.records;
            sum.add((*source)->record_hash());
            const Sequence& at = change.sequence;
            const bool left_out =
                !change.unreadable.empty() ||
                refused.contains({claimed.shard.text(), at.epoch, at.timestamp_us, at.row_index});
            if (!left_out) MILLRACE_TRY(take(change));
        }
    }
    made.same = sum.hex() == request.receipt.at("/sums/source"_json_pointer).get<std::string>();
    return made;
}

}  // namespace millrace
