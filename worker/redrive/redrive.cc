#include "worker/redrive/redrive.h"

#include <algorithm>

#include "common/record/packed.h"

namespace millrace {
namespace {

class Redrive {
  public:
    Redrive(Target& target, const RecordShape& shape,
            const std::function<Status(std::span<const size_t>)>& written)
        : target_(target), shape_(shape), written_(written) {}

    Status add(size_t index, const RedriveKey& key) {
        const std::vector<Value> values = unpack(key.key);
        std::vector<Value> row;
        const Change change = change_of(values, key.sequence, row);
        if (ripe_ && !target_.belongs(change)) MILLRACE_TRY(settle(false));
        const Append append = target_.append(change);
        switch (append.kind) {
            case Append::Kind::kAdded: batch_.push_back(index); break;
            case Append::Kind::kRipe:
                batch_.push_back(index);
                ripe_ = true;
                break;
            case Append::Kind::kFull: batch_.push_back(index); return settle(false);
            case Append::Kind::kDropped:
                left_.push_back({index, "the job writes nothing of this row", -1});
                break;
            case Append::Kind::kDirty:
                left_.push_back({index, append.reason, append.column});
                break;
        }
        return {};
    }

    Status settle(bool last) {
        ripe_ = false;
        if (!target_.has_open_batch()) return {};
        MILLRACE_TRY(target_.send(last));
        MILLRACE_ASSIGN(const Delivered delivered, target_.acknowledge());
        std::vector<size_t> in_effect = std::move(batch_);
        batch_.clear();
        for (const Refused& refused : delivered.refused) {
            const size_t index = in_effect.at(refused.change);
            left_.push_back({index, refused.reason, refused.column});
        }
        std::erase_if(in_effect, [&](size_t index) {
            return std::any_of(left_.begin(), left_.end(),
                               [&](const NotRedriven& left) { return left.key == index; });
        });
        return written_(in_effect);
    }

    std::vector<NotRedriven> left() { return std::move(left_); }

  private:
    // An update that wrote nothing but its key: the target reads the rest as it is now.
    Change change_of(const std::vector<Value>& key, const Sequence& sequence,
                     std::vector<Value>& row) const {
        row.resize(shape_.columns.size());
        for (size_t i = 0; i < row.size(); ++i) {
            for (size_t k = 0; k < key.size(); ++k) {
                if (shape_.columns[i].name == shape_.key[k].name) row[i] = key[k];
            }
        }
        Change change;
        change.kind = ChangeKind::kUpdate;
        change.sequence = sequence;
        change.ordered_us = sequence.timestamp_us;
        change.key = key;
        change.values = row;
        change.rows = 1;
        change.width = row.size();
        return change;
    }

    Target& target_;
    const RecordShape& shape_;
    const std::function<Status(std::span<const size_t>)>& written_;
    std::vector<size_t> batch_;  // the keys in the open batch
    bool ripe_ = false;
    std::vector<NotRedriven> left_;
};

}  // namespace

Result<std::vector<NotRedriven>> redrive(
    Target& target, const RecordShape& shape, std::span<const RedriveKey> keys,
    const std::function<Status(std::span<const size_t>)>& written) {
    MILLRACE_TRY(target.begin("", {}));
    Redrive run(target, shape, written);
    for (size_t i = 0; i < keys.size(); ++i) MILLRACE_TRY(run.add(i, keys[i]));
    MILLRACE_TRY(run.settle(true));
    return run.left();
}

}  // namespace millrace
