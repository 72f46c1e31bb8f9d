// The order of keys: column by column, INF_MIN < values < INF_MAX, integers as signed numbers,
// strings and binaries as unsigned bytes.
#pragma once

#include <compare>
#include <span>

#include "common/codec/plainbuffer/model.h"

namespace millrace::plainbuffer {

// AUTO_INCREMENT stands behind INF_MIN, before every value. Values of different types (no table has
// such a column) are ordered by their types: integer, string, binary.
std::strong_ordering compare(const KeyValue& left, const KeyValue& right);

// A key that is a prefix of the other comes first. Names do not count.
std::strong_ordering compare(std::span<const KeyCell> left, std::span<const KeyCell> right);

}  // namespace millrace::plainbuffer
