// Rules of DataX that keyed targets share.
#pragma once

#include <algorithm>

#include "common/record/change.h"

namespace millrace {

// DataX drops a change without any configured column. An update that deleted one, and a put, change
// the document and are carried.
inline bool says_nothing(const Change& change) {
    if (change.any_value || change.kind != ChangeKind::kUpdate) return false;
    return std::all_of(change.values.begin(), change.values.end(),
                       [](const Value& value) { return value.type == ValueType::kAbsent; });
}

}  // namespace millrace
