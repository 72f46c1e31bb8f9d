#include "coordinator/planner/planner.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/base/planted_bug.h"

namespace millrace {

namespace {

// Positions in the ledger were written by this program: a malformed one is a broken invariant of
// the ledger file and is reported where it is read; here an unreadable one begins at the shard's
// beginning.
ShardPlace place_of(const std::string& position_json) {
    const Result<Position> position = parse_position(position_json);
    return position.ok() ? position->place : ShardPlace{};
}

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

void Planner::restore(const ShardId& id, const ItemStart& start, const std::optional<ItemEnd>& end,
                      bool gave_records) {
    Shard& shard = shards_[id];
    shard.start = start;
    shard.end = end;
    shard.gave = gave_records;
    if (!end) ++unfinished_;
    await_children(id, shard);
    restored_shard_end_ = restored_shard_end_ || (end && end->kind == EndKind::kShardEnd);
}

std::vector<planner::Action> Planner::step(const planner::Event& event, MonoTime now) {
    std::vector<planner::Action> actions;
    if (done_) return actions;
    // Its children are awaited from now on: they may be as late as if it had just ended.
    if (std::exchange(restored_shard_end_, false)) last_end_ = now;
    std::visit(Overloaded{[&](const planner::Listing& listing) { on_listing(listing, now); },
                          [&](const planner::ItemEnded& ended) { on_ended(ended, now); },
                          [](const planner::Tick&) {}},
               event);
    if (listed_) plan(actions);
    decide_next(actions, now);
    return actions;
}

void Planner::on_listing(const planner::Listing& listing, MonoTime now) {
    listing_under_way_ = false;
    listed_ = true;
    for (const auto& [id, history] : listing.histories) histories_[id] = history;
    for (const ListedShard& listed : listing.shards) {
        for (const ShardId& parent : listed.parents) {
            children_[parent].insert(listed.shard);
            if (listed.parents.size() > 1) merged_.insert(parent);
        }
        const ShardHistory* history = history_of(listed.shard);
        if (history && finished_earlier(*history)) {
            const bool in_ledger = history->at_start || history->before_start;
            if (!in_ledger && !history->at_end) ended_by_datax_.insert(listed.shard);
            continue;
        }
        const auto [entry, added] = shards_.try_emplace(listed.shard);
        Shard& shard = entry->second;
        if (added) {
            ++unfinished_;
            waiting_.insert(listed.shard);
        }
        shard.parents = listed.parents;
        if (history && history->at_start && history->at_start->gave_records) shard.gave = true;
        if (history && history->before_start && history->before_start->second.gave_records) {
            shard.gave = true;
        }
    }
    for (const ShardId& id : std::set<ShardId>(std::move(childless_))) {
        await_children(id, shards_.at(id));
    }
    // Children of shards that ended meanwhile may show only later: ask again, less and less often.
    listing_pause_ = std::min(options_.listing_pause_max,
                              std::max(options_.listing_pause_first, listing_pause_ * 2));
    list_again_ = now + listing_pause_;
}

void Planner::on_ended(const planner::ItemEnded& ended, MonoTime now) {
    const auto found = shards_.find(ended.shard);
    MILLRACE_CHECK(found != shards_.end());
    if (!found->second.end) --unfinished_;
    found->second.end = ended.end;
    await_children(ended.shard, found->second);
    found->second.gave = found->second.gave || ended.gave_records;
    if (ended.end.kind == EndKind::kShardEnd) {
        last_end_ = now;
        listing_pause_ = Duration(0);
        list_again_ = now;
    }
}

bool Planner::finished_earlier(const ShardHistory& history) const {
    const std::string shard_end(name_of(EndKind::kShardEnd));
    return history.datax_ended || (history.at_start && history.at_start->kind == shard_end) ||
           (history.before_start && history.before_start->second.kind == shard_end);
}

const ShardHistory* Planner::history_of(const ShardId& shard) const {
    const auto found = histories_.find(shard);
    return found == histories_.end() ? nullptr : &found->second;
}

// P4: a child is read only after its parents were read to their end; when one of them stopped at a
// border of this window, the child belongs to a later window.
Planner::Readiness Planner::readiness(const Shard& shard) const {
    bool waits = false;
    for (const ShardId& parent : shard.parents) {
        const auto found = shards_.find(parent);
        if (found == shards_.end()) continue;  // read earlier, or no longer listed: it is finished
        const Shard& p = found->second;
        if (p.empty || (p.end && p.end->kind == EndKind::kBorder)) return Readiness::kLater;
        if (!p.end) waits = !planted(PlantedBug::kChildBeforeParent);
    }
    return waits ? Readiness::kWaits : Readiness::kReady;
}

// P2.
ItemStart Planner::start_of(const ShardId& id, const Shard& shard) const {
    ItemStart start;
    start.accept_loss = options_.accept_loss;
    const ShardHistory* history = history_of(id);
    bool parents_read = !shard.parents.empty();
    bool parents_gave = false;
    TimeLine line;
    for (const ShardId& parent : shard.parents) {
        if (const auto found = shards_.find(parent); found != shards_.end() && found->second.end) {
            parents_gave = parents_gave || found->second.gave;
            line.join(place_of(found->second.end->position).line);
            continue;
        }
        const ShardHistory* earlier = history_of(parent);
        // What DataX has read of a parent says nothing of its records: its own place for the child
        // holds.
        if (!earlier || !finished_earlier(*earlier) ||
            !(earlier->at_start || earlier->before_start)) {
            parents_read = false;
            continue;
        }
        const Border& border =
            earlier->at_start ? *earlier->at_start : earlier->before_start->second;
        parents_gave = parents_gave || border.gave_records;
        line.join(place_of(border.position).line);
    }
    if (history && history->at_start) {
        start.place = place_of(history->at_start->position);
    } else if (history && history->before_start) {
        start.place = place_of(history->before_start->second.position);
        start.skip_to_window = true;
    } else if (parents_read) {
        start.skip_to_window = !parents_gave;
    } else if (history && history->datax) {
        start.place = history->datax->place;
        start.skip_to_window = history->datax->skip_to_window;
    } else {
        const auto from = options_.window.start - options_.seek_before;
        start.seek_us = to_micros(TimePoint(from));
        start.skip_to_window = true;
    }
    start.place.line.join(line);
    if (history && history->at_end) {
        start.end_within({place_of(history->at_end->position), {}, {}},
                         history->at_end->kind == name_of(EndKind::kShardEnd));
    }
    return start;
}

void Planner::plan(std::vector<planner::Action>& actions) {
    // Repeated, because a shard that becomes empty decides over its own children.
    for (bool changed = true; changed;) {
        changed = false;
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            Shard& shard = shards_.at(*at);
            switch (readiness(shard)) {
                case Readiness::kWaits: ++at; continue;
                case Readiness::kLater:
                    shard.empty = true;
                    --unfinished_;
                    break;
                case Readiness::kReady:
                    shard.start = start_of(*at, shard);
                    actions.push_back(planner::AddItem{*at, *shard.start});
                    break;
            }
            at = waiting_.erase(at);
            changed = true;
        }
    }
}

void Planner::await_children(const ShardId& id, const Shard& shard) {
    if (!shard.end || shard.end->kind != EndKind::kShardEnd || merged_.contains(id)) return;
    const auto found = children_.find(id);
    if (found == children_.end() || found->second.size() < 2) childless_.insert(id);
}

void Planner::decide_next(std::vector<planner::Action>& actions, MonoTime now) {
    if (listing_under_way_) return;
    const bool all_ended = unfinished_ == 0;
    if (options_.within_borders) {
        if (all_ended) {
            done_ = true;
            actions.push_back(planner::RecordBorders{});
        }
        return;
    }
    // A listing that was asked for before the last shard end proves nothing about its children.
    const bool listing_is_late_enough =
        listed_ && (!last_end_ || (listing_asked_ && *listing_asked_ >= *last_end_));
    const bool may_miss_children =
        last_end_ && !childless_.empty() && now < *last_end_ + options_.children_wait;
    if (listed_ && listing_is_late_enough && !may_miss_children) {
        if (all_ended) {
            done_ = true;
            actions.push_back(borders());
        }
        return;
    }
    if (!list_again_ || now >= *list_again_) {
        listing_under_way_ = true;
        listing_asked_ = now;
        actions.push_back(planner::List{});
    } else {
        actions.push_back(planner::WaitUntil{*list_again_});
    }
}

// A border that an earlier run has recorded is final: it is given back as it was.
Border Planner::start_border(const ShardId& id, const Shard& shard) const {
    const ShardHistory* history = history_of(id);
    if (history && history->at_start) return *history->at_start;
    Position began;
    if (!shard.empty) {
        const Result<Position> end = parse_position(shard.end->position);
        began.place = end.ok() && end->began ? *end->began : shard.start->place;
    }
    const bool gave =
        history && history->before_start && history->before_start->second.gave_records;
    return {std::string(name_of(EndKind::kBorder)), to_json(began), gave};
}

Border Planner::end_border(const ShardId& id, const Shard& shard) const {
    const ShardHistory* history = history_of(id);
    if (history && history->at_end) return *history->at_end;
    if (shard.empty) return start_border(id, shard);
    Position end;
    end.place = place_of(shard.end->position);
    return {std::string(name_of(shard.end->kind)), to_json(end), shard.gave};
}

planner::RecordBorders Planner::borders() const {
    planner::RecordBorders record;
    for (const auto& [id, shard] : shards_) {
        record.borders.push_back({options_.stream,
                                  id,
                                  {{to_millis(options_.window.start), start_border(id, shard)},
                                   {to_millis(options_.window.end), end_border(id, shard)}}});
    }
    // From now on the ledger knows it too.
    for (const ShardId& id : ended_by_datax_) {
        const Border end{std::string(name_of(EndKind::kShardEnd)), to_json(Position()), false};
        record.borders.push_back({options_.stream, id, {{to_millis(options_.window.end), end}}});
    }
    if (!childless_.empty()) {
        record.notes.push_back(
            "the children of a closed shard did not show up in listings within " +
            std::to_string(
                std::chrono::duration_cast<std::chrono::seconds>(options_.children_wait).count()) +
            " s; one that shows later starts at its beginning");
    }
    return record;
}

}  // namespace millrace
