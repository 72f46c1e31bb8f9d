// What the target and the ledger hold when everything has come to rest.
#include <algorithm>
#include <functional>

#include "common/stream/position.h"
#include "tests/sim/referee.h"

namespace millrace::sim {
namespace {

constexpr Duration kCloseSkew = std::chrono::seconds(60);  // of the stream reader

int64_t millis_of(const Written& written) {
    return written.sequence.timestamp_us / 1000;
}

std::string named(const std::string& shard, const Written& written) {
    return "number " + std::to_string(written.number) + " of key " + written.key + " in shard " +
           shard;
}

}  // namespace

bool Referee::is_row(const Written& written) const {
    return written.action != standin::Action::kDelete;
}

void Referee::judge(StateStore& ledger, const TaskId& task, const StreamId& stream) {
    judge_borders(ledger, task, stream);
    for (size_t i = 0; i < scenario_.windows.size(); ++i) judge_window(i, ledger, task);
    switch (scenario_.target) {
        case TargetKind::kOss: return judge_objects();
        case TargetKind::kOdps: return judge_rows();
        case TargetKind::kOpenSearch: return judge_keys(cloud_.documents());
        case TargetKind::kTable: return judge_keys(cloud_.table_rows());
    }
}

// Every window is committed once, and has accounted for every record that it has read.
void Referee::judge_window(size_t window, StateStore& ledger, const TaskId& task) {
    const auto all = ledger.instances(task);
    if (!all.ok()) return report("windows without hole", all.status().text());
    int committed = 0;
    for (const InstanceView& instance : *all) {
        if (instance.window != scenario_.windows[window]) continue;
        if (instance.state != InstanceState::kCleaned) continue;
        ++committed;
        uint64_t records = 0;
        for (const auto& [shard, share] : shares_[window]) records += share.end - share.begin;
        if (!instance.counts.balanced() || instance.counts.read != records) {
            report("read = acknowledged + quarantined + dropped",
                   "window " + std::to_string(window) + " has read " +
                       std::to_string(instance.counts.read) + " of " + std::to_string(records) +
                       " records and acknowledged " + std::to_string(instance.counts.acknowledged));
        }
    }
    if (committed != 1) {
        report("windows without hole", "window " + std::to_string(window) + " was committed " +
                                           std::to_string(committed) + " times");
    }
}

void Referee::judge_borders(StateStore& ledger, const TaskId& task, const StreamId& stream) {
    shares_.resize(scenario_.windows.size());
    // Those without a record too, for what they say about their children.
    std::vector<std::string> left;
    for (const auto& [shard, records] : cloud_.shards()) left.push_back(shard);
    while (!left.empty()) {
        const std::string shard = std::move(left.back());
        left.pop_back();
        if (borders_.contains(shard)) continue;
        const auto borders = ledger.borders(task, stream, ShardId(shard));
        if (!borders.ok()) return report("windows without hole", borders.status().text());
        if (!borders->empty() || cloud_.shards().contains(shard)) borders_[shard] = *borders;
        for (std::string& parent : cloud_.parents_of(shard)) left.push_back(std::move(parent));
    }
    const std::vector<std::string> shards = parents_first();
    for (size_t i = 0; i < scenario_.windows.size(); ++i) {
        for (const std::string& shard : shards) judge_shard(i, shard, borders_[shard]);
    }
}

// The shards that have records: what a child's first window must hold depends on its parents.
std::vector<std::string> Referee::parents_first() const {
    std::vector<std::string> order;
    std::set<std::string> placed;
    const std::function<void(const std::string&)> place = [&](const std::string& shard) {
        if (!placed.insert(shard).second) return;
        for (const std::string& parent : cloud_.parents_of(shard)) place(parent);
        if (cloud_.shards().contains(shard)) order.push_back(shard);
    };
    for (const auto& [shard, records] : cloud_.shards()) place(shard);
    return order;
}

// How many records of the shard lie before a border.
size_t Referee::place_of(const std::string& shard, const Border& border) {
    const std::vector<Written>& records = cloud_.shards().at(shard);
    const auto position = parse_position(border.position);
    if (!position.ok()) {
        report("windows without hole", "a border cannot be read: " + position.status().text());
        return 0;
    }
    if (const auto& last = position->place.last) {
        const auto found = std::find_if(records.begin(), records.end(),
                                        [&](const Written& one) { return one.sequence == *last; });
        if (found != records.end()) return static_cast<size_t>(found - records.begin()) + 1;
    }
    const auto at = standin::Iterator::parse(position->place.iterator);
    return at ? at->ordinal + position->place.skip : 0;
}

void Referee::judge_shard(size_t window, const std::string& shard,
                          const std::map<int64_t, Border>& borders) {
    const std::vector<Written>& records = cloud_.shards().at(shard);
    const int64_t start_ms = to_millis(scenario_.windows[window].start);
    const int64_t end_ms = to_millis(scenario_.windows[window].end);
    const auto start = borders.find(start_ms);
    const auto end = borders.find(end_ms);
    const std::vector<std::string> parents = cloud_.parents_of(shard);
    // Whether all parents have been read to their ends by then.
    const auto parents_done = [&](int64_t time) {
        return std::all_of(parents.begin(), parents.end(), [&](const std::string& parent) {
            const auto known = borders_.find(parent);
            if (known == borders_.end()) return true;  // it was gone before
            return std::any_of(known->second.begin(), known->second.end(), [&](const auto& one) {
                return one.first <= time && one.second.kind == "shard_end";
            });
        });
    };
    if (end == borders.end()) {
        const bool finished = std::any_of(borders.begin(), borders.end(), [&](const auto& one) {
            return one.first < end_ms && one.second.kind == "shard_end";
        });
        const bool due = std::any_of(records.begin(), records.end(), [&](const Written& one) {
            return millis_of(one) < end_ms && millis_of(one) >= start_ms;
        });
        if (!finished && due && parents_done(end_ms)) {
            report("windows without hole",
                   "window " + std::to_string(window) + " has no border in shard " + shard);
        }
        return;
    }
    size_t from = start == borders.end() ? 0 : place_of(shard, start->second);
    const size_t to = place_of(shard, end->second);
    // The first window begins at the first record of its time, unless the parents gave records.
    bool parents_gave = false;
    for (const std::string& parent : parents) {
        for (size_t i = 0; i <= window; ++i) {
            const auto share = shares_[i].find(parent);
            parents_gave = parents_gave ||
                           (share != shares_[i].end() && share->second.end > share->second.begin);
        }
    }
    const bool first = window == 0 || shares_[window - 1].find(shard) == shares_[window - 1].end();
    if (first && !parents_gave && parents_done(end_ms)) {
        size_t wanted = 0;
        while (wanted < records.size() && millis_of(records[wanted]) < start_ms) ++wanted;
        if (from != wanted && !(from < wanted && to <= from)) {
            report("windows without hole", "window " + std::to_string(window) +
                                               " begins before record " + std::to_string(from) +
                                               " of shard " + shard + ", not " +
                                               std::to_string(wanted));
        }
    }
    shares_[window][shard] = {from, to};
    if (to < from) {
        report("windows without overlap",
               "window " + std::to_string(window) + " ends before it begins in shard " + shard);
        return;
    }
    size_t wanted = from;
    while (wanted < records.size() && millis_of(records[wanted]) < end_ms) ++wanted;
    const bool unread = to == from && !parents_done(end_ms);
    const Duration closed = TimePoint(scenario_.windows[window].end) - kBeginning + kCloseSkew;
    const bool came_later = to < wanted && records[to].when > closed;
    if (to != wanted && !unread && !came_later) {
        report("windows without hole", "window " + std::to_string(window) + " ends before record " +
                                           std::to_string(to) + " of shard " + shard + ", not " +
                                           std::to_string(wanted));
    }
}

void Referee::judge_objects() {
    std::map<int64_t, int> seen;  // numbers
    for (const auto& [name, text] : cloud_.objects()) {
        if (name.find("/_millrace/") != name.npos) continue;
        for (size_t i = 0; i < scenario_.windows.size(); ++i) {
            const Window& window = scenario_.windows[i];
            const std::string mark = to_compact(window.start) + "-" + to_compact(window.end);
            if (name.find(mark) != name.npos) judge_object(i, name, text, seen);
        }
    }
    for (size_t i = 0; i < shares_.size(); ++i) {
        for (const auto& [shard, share] : shares_[i]) {
            for (size_t at = share.begin; at < share.end; ++at) {
                const Written& written = cloud_.shards().at(shard)[at];
                if (is_row(written) && seen[written.number] != 1) {
                    report("every change exactly once", named(shard, written) + " is there " +
                                                            std::to_string(seen[written.number]) +
                                                            " times");
                }
            }
        }
    }
}

// Rows of one shard in its order, all of them the window's.
void Referee::judge_object(size_t window, const std::string& name, const std::string& text,
                           std::map<int64_t, int>& seen) {
    std::map<int64_t, std::pair<std::string, size_t>> places;
    for (const auto& [shard, share] : shares_[window]) {
        for (size_t at = share.begin; at < share.end; ++at) {
            places[cloud_.shards().at(shard)[at].number] = {shard, at};
        }
    }
    std::pair<std::string, size_t> last;
    for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        const int64_t number = std::stoll(text.substr(text.find(',', at) + 1, 20));
        ++seen[number];
        const auto place = places.find(number);
        if (place == places.end()) {
            report("every change exactly once",
                   name + " holds number " + std::to_string(number) + " of another window");
            return;
        }
        if (!last.first.empty() &&
            (place->second.first != last.first || place->second.second < last.second)) {
            report("order", name + " holds number " + std::to_string(number) + " out of order");
        }
        last = place->second;
    }
}

void Referee::judge_rows() {
    std::map<int64_t, int> seen;
    for (const auto& [key, number] : cloud_.odps_rows()) ++seen[number];
    for (const Shares& shares : shares_) {
        for (const auto& [shard, share] : shares) {
            for (size_t at = share.begin; at < share.end; ++at) {
                const Written& written = cloud_.shards().at(shard)[at];
                if (is_row(written) && seen[written.number]-- != 1) {
                    report("every change exactly once",
                           named(shard, written) + " is not there exactly once");
                }
            }
        }
    }
    for (const auto& [number, left] : seen) {
        if (left == 0) continue;
        report("every change exactly once",
               "number " + std::to_string(number) + " belongs to no window, or is there twice");
    }
}

// Of each key the last change counts; a row that was written as it was then may be newer.
void Referee::judge_keys(const std::map<std::string, int64_t>& found) {
    std::map<std::string, Written> last;
    for (const Shares& shares : shares_) {
        for (const auto& [shard, share] : shares) {
            for (size_t at = share.begin; at < share.end; ++at) {
                const Written& written = cloud_.shards().at(shard)[at];
                Written& known = last[written.key];
                if (written.number > known.number) known = written;
            }
        }
    }
    for (const auto& [key, written] : last) {
        std::set<int64_t> allowed = {is_row(written) ? written.number : 0};
        for (const auto& [shard, records] : cloud_.shards()) {
            for (const Written& later : records) {
                if (!by_image_ || later.key != key || later.number < written.number) continue;
                allowed.insert(is_row(later) ? later.number : 0);
            }
        }
        const auto there = found.find(key);
        const int64_t number = there == found.end() ? 0 : there->second;
        if (!allowed.contains(number)) {
            report("every change exactly once",
                   "key " + key + " holds number " + std::to_string(number) +
                       ", its last change is " + std::to_string(*allowed.begin()));
        }
    }
    for (const auto& [key, number] : found) {
        if (!last.contains(key))
            report("every change exactly once", "key " + key + " has no change");
    }
}

}  // namespace millrace::sim
