// The form of the tunnel's record streams: records one after the other, each a list of tagged
// fields as protocol buffers write them, without any frame, and a footer. A null is an absent
// field.
#pragma once

#include <cstdint>

#include "common/services/maxcompute/types.h"

namespace millrace::maxcompute {

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };

constexpr uint32_t tag_of(uint32_t number, WireType type) {
    return number << 3 | static_cast<uint32_t>(type);
}

// Columns are numbered from 1; these numbers mark what is no column.
constexpr uint32_t kRecordEnd = tag_of((1u << 25) - 1024, WireType::kVarint);
constexpr uint32_t kRecordCount = tag_of((1u << 25) - 2, WireType::kVarint);
constexpr uint32_t kStreamChecksum = tag_of((1u << 25) - 1, WireType::kVarint);
constexpr uint32_t kMetrics = tag_of(1, WireType::kLength);  // after the count
constexpr uint32_t kMetricsEnd = tag_of((1u << 25) - 256, WireType::kVarint);

constexpr uint64_t to_zigzag(int64_t value) {
    return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t from_zigzag(uint64_t value) {
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// How the values of a type travel.
enum class FieldForm : uint8_t { kInteger, kBoolean, kFloat, kDouble, kBytes, kTime, kNone };

constexpr FieldForm form_of(ColumnType type) {
    switch (type) {
        case ColumnType::kTinyint:
        case ColumnType::kSmallint:
        case ColumnType::kInt:
        case ColumnType::kBigint:
        case ColumnType::kDate:
        case ColumnType::kDatetime:
        case ColumnType::kIntervalYearMonth: return FieldForm::kInteger;
        case ColumnType::kBoolean: return FieldForm::kBoolean;
        case ColumnType::kFloat: return FieldForm::kFloat;
        case ColumnType::kDouble: return FieldForm::kDouble;
        case ColumnType::kDecimal:
        case ColumnType::kString:
        case ColumnType::kVarchar:
        case ColumnType::kChar:
        case ColumnType::kBinary:
        case ColumnType::kJson: return FieldForm::kBytes;
        case ColumnType::kTimestamp:
        case ColumnType::kTimestampNtz:
        case ColumnType::kIntervalDayTime: return FieldForm::kTime;
        case ColumnType::kOther: break;
    }
    return FieldForm::kNone;
}

// Whether jobs read and write columns of the type: neither arrays, maps and structs nor intervals.
constexpr bool is_carried(ColumnType type) {
    return form_of(type) != FieldForm::kNone && type != ColumnType::kIntervalYearMonth &&
           type != ColumnType::kIntervalDayTime;
}

constexpr WireType wire_of(FieldForm form) {
    switch (form) {
        case FieldForm::kInteger:
        case FieldForm::kBoolean: return WireType::kVarint;
        case FieldForm::kFloat: return WireType::kFixed32;
        case FieldForm::kDouble: return WireType::kFixed64;
        default: return WireType::kLength;
    }
}

}  // namespace millrace::maxcompute
