// A value of the source as a value of a column's type.
#pragma once

#include <string>
#include <string_view>

#include "common/codec/dates.h"
#include "common/record/value.h"
#include "common/services/maxcompute/record_writer.h"

namespace millrace {

struct CellRules {
    std::string zone;            // IANA name: of dates that name none
    bool empty_as_null = false;  // "" becomes null in columns of text
};

// Used by one thread: it keeps memory for texts.
class CellWriter {
  public:
    // kConfig when the zone is not known.
    static Result<CellWriter> create(const CellRules& rules);

    // Puts nothing for a null. Otherwise empty, or why the value does not fit ("cannot be read as
    // …", static, without the value); then nothing was put.
    std::string_view put(maxcompute::RecordWriter& writer, uint32_t number,
                         const maxcompute::Column& column, const Value& value);

    // A moment since 1970, rounded down: `nanos` is 0..999'999'999 also before it.
    struct Instant {
        std::chrono::seconds seconds{0};
        int32_t nanos = 0;
    };

  private:
    struct Target;
    using Outcome = std::string_view;

    CellWriter(TimeZone zone, UsualDates dates, bool empty_as_null)
        : zone_(std::move(zone)), dates_(std::move(dates)), empty_as_null_(empty_as_null) {}
    Outcome put_value(const Target& to, const Value& value);
    Outcome put_integer(const Target& to, const Value& value);
    Outcome put_boolean(const Target& to, const Value& value);
    Outcome put_real(const Target& to, const Value& value);
    Outcome put_decimal(const Target& to, const Value& value);
    Outcome put_text(const Target& to, const Value& value);
    Outcome put_bytes(const Target& to, std::string_view bytes);
    Outcome put_time(const Target& to, const Value& value);
    Outcome read_time(const Value& value, Instant& instant);
    // The text that csv would hold; false for a value without one.
    bool text_of(const Value& value, std::string_view& text);
    std::string shown_day(int64_t day) const;
    std::string shown_time(int64_t milliseconds) const;

    TimeZone zone_;
    UsualDates dates_;
    bool empty_as_null_;
    std::string scratch_;
};

}  // namespace millrace
