// What the row-writing targets have in common.
#pragma once

#include "worker/targets/target.h"

namespace millrace {

// What rows add up to.
struct RowCounts {
    uint64_t rows = 0;
    Sum128 sum;  // of each row as it is written (P10)
};

// kDropped for a change that is no row by a rule, else kAdded.
inline Append drop_rule(const Change& change) {
    Append outcome;
    if (change.rows == 0 && change.kind == ChangeKind::kDelete) {
        outcome.rule = DropRule::kDeleteInRowMode;
    } else if (change.rows == 0 || !change.any_value) {
        outcome.rule = DropRule::kNoConfiguredColumn;
    }
    if (outcome.rule != DropRule::kNone) outcome.kind = Append::Kind::kDropped;
    return outcome;
}

}  // namespace millrace
