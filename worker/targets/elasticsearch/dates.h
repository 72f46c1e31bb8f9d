// Dates given as text in a format of Java's letters, written as ISO 8601 with milliseconds and
// zone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace date {
class time_zone;
}

namespace millrace::elasticsearch {

class DateFormat {
  public:
    DateFormat() = default;  // passes text on as it is
    // Letters y M d H m s S, text between single quotes, and signs that stand for themselves.
    // kConfig for other letters and unknown zones.
    static Result<DateFormat> create(const std::string& format, const std::string& zone);

    bool passes() const { return pieces_.empty(); }
    // "2026-11-21T10:00:00.000+08:00"; false when `text` does not have the format.
    bool convert(std::string_view text, std::string& iso) const;

  private:
    struct Piece {
        char letter = 0;  // 0: `text` as it stands
        size_t width = 0;
        std::string text;
    };
    std::vector<Piece> pieces_;
    const date::time_zone* zone_ = nullptr;
};

}  // namespace millrace::elasticsearch
