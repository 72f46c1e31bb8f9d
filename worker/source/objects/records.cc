#include "worker/source/objects/records.h"

#include <algorithm>

namespace millrace {
namespace {

constexpr size_t kJoinFirst = 4 << 10;

}  // namespace

Result<bool> RecordStream::next(CsvRecord& record) {
    for (;;) {
        bool found = !rest_.empty() && splitter_.next(rest_, ended_, record);
        if (!found && rest_.size() >= kRecordMax) {
            if (!splitter_.give_up(rest_, record)) {
                return fatal_error("a line is longer than " + std::to_string(kRecordMax >> 20) +
                                   " MiB: is this the object's format?");
            }
            found = true;
        }
        if (found) {
            rest_.remove_prefix(record.raw.size());
            if (in_seam_) leave_seam();
            return true;
        }
        if (ended_) return false;
        MILLRACE_TRY(more());
    }
}

// Once all that came before the piece is taken, the rest stands in the piece itself. The seam keeps
// its content: the record just taken views into it.
void RecordStream::leave_seam() {
    if (rest_.size() > joined_) return;
    rest_ = piece_.substr(joined_ - rest_.size());
    in_seam_ = false;
}

Status RecordStream::more() {
    if (!in_seam_ && rest_.empty()) {
        MILLRACE_ASSIGN(piece_, bytes_.next());
        rest_ = piece_;
        ended_ = piece_.empty();
        return {};
    }
    if (!in_seam_) {
        seam_.clear();
        seam_.append(rest_);
        in_seam_ = true;
        joined_ = piece_.size();  // all of it is taken or in the seam
    } else if (rest_.size() < seam_.size()) {
        Buffer kept;
        kept.append(rest_);
        seam_.swap(kept);
    }
    if (joined_ == piece_.size()) {
        MILLRACE_ASSIGN(piece_, bytes_.next());
        joined_ = 0;
        join_ = kJoinFirst;
        ended_ = piece_.empty();
    }
    const std::string_view added = piece_.substr(joined_, join_);
    seam_.append(added);
    joined_ += added.size();
    join_ = seam_.size();
    rest_ = seam_.view();
    return {};
}

}  // namespace millrace
