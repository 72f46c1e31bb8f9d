// The external version of a document: it orders all writes to one id.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "common/record/change.h"

namespace millrace::elasticsearch {

constexpr uint64_t kRowsPerMicro = 4096;

// Changes of one microsecond beyond this share a version: equal does not mean already applied.
inline bool version_is_shared(const Change& change) {
    return change.sequence.row_index >= kRowsPerMicro - 1;
}

// ordered_us x 4096 + min(row index, 4095); nothing when that leaves the server's 63 bits (year
// 2041) or the time is before 1970.
inline std::optional<uint64_t> version_of(const Change& change) {
    constexpr int64_t kMax = (int64_t{1} << 51) - 1;
    if (change.ordered_us < 0 || change.ordered_us > kMax) return std::nullopt;
    return static_cast<uint64_t>(change.ordered_us) * kRowsPerMicro +
           std::min<uint64_t>(change.sequence.row_index, kRowsPerMicro - 1);
}

}  // namespace millrace::elasticsearch
