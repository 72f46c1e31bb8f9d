#include "tests/standin/shard.h"

#include <algorithm>

namespace millrace::standin {

void KeptRecords::add(Sequence sequence, Action action, std::string bytes) {
    records_.push_back({sequence, action, std::move(bytes)});
}

Action KeptRecords::encode(uint64_t i, Buffer& to) const {
    to.append(records_[i].bytes);
    return records_[i].action;
}

uint64_t KeptRecords::seek(int64_t timestamp_us) const {
    // Times go back where the epoch rises, so this looks at one record after the other.
    const auto found = std::find_if(records_.begin(), records_.end(), [&](const Record& record) {
        return record.sequence.timestamp_us >= timestamp_us;
    });
    return static_cast<uint64_t>(found - records_.begin());
}

void Shard::add(Sequence sequence, Action action, std::string bytes) {
    if (!open_run_) {
        open_run_ = std::make_shared<KeptRecords>();
        segments_.push_back({size_, open_run_});
    }
    open_run_->add(sequence, action, std::move(bytes));
    last = sequence;
    ++size_;
}

void Shard::add(std::shared_ptr<const Segment> run) {
    open_run_ = nullptr;
    last = run->sequence(run->size() - 1);
    segments_.push_back({size_, run});
    size_ += run->size();
}

const Shard::Placed& Shard::holder(uint64_t ordinal) const {
    const auto after =
        std::upper_bound(segments_.begin(), segments_.end(), ordinal,
                         [](uint64_t wanted, const Placed& p) { return wanted < p.first; });
    return *std::prev(after);
}

Action Shard::encode(uint64_t ordinal, Buffer& to) const {
    const Placed& placed = holder(ordinal);
    return placed.segment->encode(ordinal - placed.first, to);
}

Sequence Shard::sequence(uint64_t ordinal) const {
    const Placed& placed = holder(ordinal);
    return placed.segment->sequence(ordinal - placed.first);
}

uint64_t Shard::seek(int64_t timestamp_us) const {
    for (const Placed& placed : segments_) {
        const uint64_t found = placed.segment->seek(timestamp_us);
        if (found < placed.segment->size()) return placed.first + found;
    }
    return size_;
}

}  // namespace millrace::standin
