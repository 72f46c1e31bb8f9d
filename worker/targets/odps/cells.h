// A value of the source as a value of a column's type.
#pragma once

#include <string>
#include <string_view>

#include "common/config/time_zone.h"
#include "common/record/value.h"
#include "common/services/maxcompute/record_writer.h"

namespace millrace {

struct CellRules {
    TimeZone zone;               // of dates that name none
    bool empty_as_null = false;  // "" becomes null in columns of text
};

// Used by one thread: it keeps memory for texts.
class CellWriter {
  public:
    explicit CellWriter(CellRules rules) : rules_(std::move(rules)) {}

    // Puts nothing for a null. Otherwise empty, or why the value does not fit (static, without the
    // value); then nothing was put.
    std::string_view put(maxcompute::RecordWriter& writer, uint32_t number,
                         const maxcompute::Column& column, const Value& value);

  private:
    struct Target;
    using Outcome = std::string_view;

    Outcome put_value(const Target& to, const Value& value);
    Outcome put_integer(const Target& to, const Value& value);
    Outcome put_boolean(const Target& to, const Value& value);
    Outcome put_real(const Target& to, const Value& value);
    Outcome put_decimal(const Target& to, const Value& value);
    Outcome put_text(const Target& to, const Value& value);
    Outcome put_bytes(const Target& to, std::string_view bytes);
    Outcome put_time(const Target& to, const Value& value);
    // The text that csv would hold; false for a value without one.
    bool text_of(const Value& value, std::string_view& text);
    std::string shown_day(int64_t days) const;
    std::string shown_time(int64_t milliseconds) const;

    CellRules rules_;
    std::string scratch_;
};

}  // namespace millrace
