// Times that milliseconds cannot hold, as texts.
#pragma once

#include <array>

#include "common/codec/dates.h"

namespace millrace {

// Where one text lies.
using TimeText = std::array<char, 64>;

// "yyyy-MM-dd HH:mm:ss", and ".nnnnnnnnn" where there are nanoseconds. Years 1 to 9999. Immutable.
class TimeTexts {
  public:
    // `zone`: in which instants are shown.
    static Result<TimeTexts> create(const std::string& zone);

    std::string_view instant(int64_t seconds, int32_t nanos, TimeText& out) const;
    // Of a clock face, counted as if it were UTC.
    std::string_view face(int64_t seconds, int32_t nanos, TimeText& out) const;

  private:
    TimeTexts(DatePattern instants, DatePattern faces)
        : instants_(std::move(instants)), faces_(std::move(faces)) {}

    DatePattern instants_, faces_;
};

}  // namespace millrace
