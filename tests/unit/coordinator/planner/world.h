// A small world for planner tests: shards that split and merge, whose records are read at once by a
// simulated reader, and a ledger that is a map of borders.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "coordinator/planner/planner.h"

namespace millrace::test {

struct WorldShard {
    std::vector<int> parents;
    std::vector<int64_t> times_ms;  // of its records, in shard order; may step back
    Duration listed_after{0};       // how long after its parents' end it shows up in listings
};

class World {
  public:
    World(std::vector<WorldShard> shards, uint64_t seed)
        : shards_(std::move(shards)), random_(seed) {}

    static ShardId id(size_t n) { return ShardId("s" + std::to_string(n)); }
    size_t number(const ShardId& shard) const { return std::stoul(shard.text().substr(1)); }
    bool closed(size_t n) const {
        return std::any_of(shards_.begin(), shards_.end(), [&](const WorldShard& other) {
            return std::count(other.parents.begin(), other.parents.end(), static_cast<int>(n)) > 0;
        });
    }

    // Runs one window to its end. False when the planner never came to an end.
    bool run_window(int64_t start_ms, int64_t end_ms) {
        window_ = {from_millis(start_ms), from_millis(end_ms)};
        Planner planner({.stream = StreamId("stream"), .window = window_});
        std::vector<planner::Event> pending{planner::Tick{}};
        reading_.clear();
        for (int steps = 0; steps < 10'000; ++steps) {
            if (pending.empty() && reading_.empty()) return false;
            planner::Event event = next_event(pending);
            for (const planner::Action& action : planner.step(event, now_)) {
                if (carry_out(action, pending)) return true;
            }
        }
        return false;
    }

    const std::map<size_t, std::vector<std::pair<size_t, size_t>>>& ranges() const {
        return ranges_;
    }
    const std::vector<WorldShard>& shards() const { return shards_; }
    const std::vector<size_t>& order() const { return order_; }

  private:
    planner::Event next_event(std::vector<planner::Event>& pending) {
        const bool read = !reading_.empty() && (pending.empty() || random_() % 2 == 0);
        if (!read) {
            planner::Event event = pending.front();
            pending.erase(pending.begin());
            return event;
        }
        const size_t pick = random_() % reading_.size();
        const planner::AddItem item = reading_[pick];
        reading_.erase(reading_.begin() + static_cast<std::ptrdiff_t>(pick));
        return read_item(item);
    }

    bool carry_out(const planner::Action& action, std::vector<planner::Event>& pending) {
        if (const auto* add = std::get_if<planner::AddItem>(&action)) reading_.push_back(*add);
        if (std::holds_alternative<planner::List>(action)) pending.push_back(listing());
        if (const auto* wait = std::get_if<planner::WaitUntil>(&action)) {
            if (reading_.empty() && pending.empty()) {
                now_ = std::max(now_, wait->time);
                pending.push_back(planner::Tick{});
            }
        }
        if (const auto* record = std::get_if<planner::RecordBorders>(&action)) {
            for (const ShardBorders& shard : record->borders) {
                for (const auto& [time, border] : shard.borders)
                    ledger_[shard.shard][time] = border;
            }
            return true;
        }
        return false;
    }

    planner::Event listing() {
        planner::Listing listing;
        for (size_t n = 0; n < shards_.size(); ++n) {
            bool visible = true;
            std::vector<ShardId> parents;
            for (int parent : shards_[n].parents) {
                parents.push_back(id(static_cast<size_t>(parent)));
                const auto ended = ended_.find(static_cast<size_t>(parent));
                visible = visible &&
                          (ended != ended_.end() ? now_ >= ended->second + shards_[n].listed_after
                                                 : shards_[n].listed_after == Duration(0));
            }
            if (visible) listing.shards.push_back({id(n), parents});
            listing.histories[id(n)] = history(id(n));
        }
        return listing;
    }

    ShardHistory history(const ShardId& shard) const {
        ShardHistory history;
        const auto found = ledger_.find(shard);
        if (found == ledger_.end()) return history;
        const int64_t start = to_millis(window_.start);
        for (const auto& [time, border] : found->second) {
            if (time < start) history.before_start = {time, border};
            if (time == start) history.at_start = border;
            if (time == to_millis(window_.end)) history.at_end = border;
        }
        return history;
    }

    planner::ItemEnded read_item(const planner::AddItem& item) {
        const size_t n = number(item.shard);
        const std::vector<int64_t>& times = shards_[n].times_ms;
        size_t at = item.start.place.iterator.empty() ? 0 : std::stoul(item.start.place.iterator);
        at += item.start.place.skip;
        if (item.start.seek_us) {
            at = 0;
            while (at < times.size() && times[at] * 1000 < *item.start.seek_us) ++at;
        }
        if (item.start.skip_to_window) {
            while (at < times.size() && times[at] < to_millis(window_.start)) ++at;
        }
        const size_t began = at;
        while (at < times.size() && times[at] < to_millis(window_.end)) ++at;
        order_.push_back(n);
        ranges_[n].emplace_back(began, at);
        now_ += std::chrono::milliseconds(10);
        const bool to_the_end = at == times.size() && closed(n);
        if (to_the_end) ended_.emplace(n, now_);
        Position position;
        position.place.iterator = std::to_string(at);
        position.began = ShardPlace{.iterator = std::to_string(began)};
        return {item.shard,
                {to_the_end ? EndKind::kShardEnd : EndKind::kBorder, to_json(position)},
                at > began};
    }

    std::vector<WorldShard> shards_;
    std::mt19937_64 random_;
    Window window_;
    MonoTime now_{};
    std::map<ShardId, std::map<int64_t, Border>> ledger_;
    std::vector<planner::AddItem> reading_;
    std::map<size_t, MonoTime> ended_;
    std::map<size_t, std::vector<std::pair<size_t, size_t>>> ranges_;
    std::vector<size_t> order_;  // shards in the order in which they were read
};

}  // namespace millrace::test
