// A cell on its way from a source to a target: typed views into the buffer it was received in.
#pragma once

#include <cstdint>
#include <string_view>

namespace millrace {

enum class ValueType : uint8_t {
    kAbsent,  // the change says nothing about this column
    kNull,    // the cell was deleted, or the source holds a null
    kInteger,
    kDouble,
    kBoolean,
    kString,  // UTF-8 as the source promises; not checked
    kBinary,
    kDatetime,  // an instant: milliseconds since 1970, UTC
    kDate,      // a day: days since 1970
};

// Views end with the buffer they point into.
struct Value {
    ValueType type = ValueType::kAbsent;
    union {
        int64_t integer = 0;  // of kInteger, kDatetime and kDate
        double real;
        bool boolean;
    };
    std::string_view bytes;  // of kString and kBinary

    bool missing() const { return type == ValueType::kAbsent || type == ValueType::kNull; }

    static Value null() { return of(ValueType::kNull); }
    static Value of_integer(int64_t v) {
        Value value = of(ValueType::kInteger);
        value.integer = v;
        return value;
    }
    static Value of_real(double v) {
        Value value = of(ValueType::kDouble);
        value.real = v;
        return value;
    }
    static Value of_datetime(int64_t milliseconds) {
        Value value = of(ValueType::kDatetime);
        value.integer = milliseconds;
        return value;
    }
    static Value of_date(int64_t days) {
        Value value = of(ValueType::kDate);
        value.integer = days;
        return value;
    }
    static Value of_boolean(bool v) {
        Value value = of(ValueType::kBoolean);
        value.boolean = v;
        return value;
    }
    static Value of_string(std::string_view v) {
        Value value = of(ValueType::kString);
        value.bytes = v;
        return value;
    }
    static Value of_binary(std::string_view v) {
        Value value = of(ValueType::kBinary);
        value.bytes = v;
        return value;
    }

  private:
    static Value of(ValueType type) {
        Value value;
        value.type = type;
        return value;
    }
};

}  // namespace millrace
