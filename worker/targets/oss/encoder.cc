#include "worker/targets/oss/encoder.h"

namespace millrace {

Append OssEncoder::append(const Change& change, Buffer& out, RowCounts& counts) const {
    Append outcome = drop_rule(change);
    if (outcome.kind == Append::Kind::kDropped) return outcome;
    const size_t before = out.size();
    Sum128 sum;
    for (size_t i = 0; i < change.rows; ++i) {
        const size_t begin = out.size();
        const CsvEncoder::Outcome row = csv_.append_row(change.row(i), out);
        if (!row.ok()) {
            out.truncate(before);
            outcome.kind = Append::Kind::kDirty;
            outcome.reason = row.reason;
            outcome.column = row.dirty_column;
            return outcome;
        }
        sum.add(out.view().substr(begin));
    }
    counts.rows += change.rows;
    counts.sum.add(sum);
    return outcome;
}

}  // namespace millrace
