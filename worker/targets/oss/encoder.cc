#include "worker/targets/oss/encoder.h"

namespace millrace {
namespace {

Append dropped(DropRule rule) {
    Append outcome;
    outcome.kind = Append::Kind::kDropped;
    outcome.rule = rule;
    return outcome;
}

}  // namespace

Append OssEncoder::append(const Change& change, Buffer& out, RowCounts& counts) const {
    if (change.rows == 0 && change.kind == ChangeKind::kDelete) {
        return dropped(DropRule::kDeleteInRowMode);
    }
    if (change.rows == 0 || !change.any_value) return dropped(DropRule::kNoConfiguredColumn);
    const size_t before = out.size();
    Sum128 sum;
    for (size_t i = 0; i < change.rows; ++i) {
        const size_t begin = out.size();
        const CsvEncoder::Outcome row = csv_.append_row(change.row(i), out);
        if (!row.ok()) {
            out.truncate(before);
            Append outcome;
            outcome.kind = Append::Kind::kDirty;
            outcome.reason = row.reason;
            outcome.column = row.dirty_column;
            return outcome;
        }
        sum.add(out.view().substr(begin));
    }
    counts.rows += change.rows;
    counts.sum.add(sum);
    return {};
}

}  // namespace millrace
