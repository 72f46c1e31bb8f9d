#include "common/codec/plainbuffer/order.h"

#include <algorithm>

namespace millrace::plainbuffer {
namespace {

int rank(KeyValue::Kind kind) {
    switch (kind) {
        case KeyValue::Kind::kInfMin: return 0;
        case KeyValue::Kind::kAutoIncrement: return 1;
        case KeyValue::Kind::kValue: return 2;
        case KeyValue::Kind::kInfMax: return 3;
    }
    return 3;
}

}  // namespace

std::strong_ordering compare(const KeyValue& left, const KeyValue& right) {
    if (left.kind != right.kind) return rank(left.kind) <=> rank(right.kind);
    if (left.kind != KeyValue::Kind::kValue) return std::strong_ordering::equal;
    if (left.value.type != right.value.type) return left.value.type <=> right.value.type;
    if (left.value.type == ValueType::kInteger) return left.value.integer <=> right.value.integer;
    // char_traits<char> compares as unsigned bytes.
    return left.value.bytes.compare(right.value.bytes) <=> 0;
}

std::strong_ordering compare(std::span<const KeyCell> left, std::span<const KeyCell> right) {
    const size_t common = std::min(left.size(), right.size());
    for (size_t i = 0; i < common; ++i) {
        const std::strong_ordering order = compare(left[i].value, right[i].value);
        if (order != 0) return order;
    }
    return left.size() <=> right.size();
}

}  // namespace millrace::plainbuffer
