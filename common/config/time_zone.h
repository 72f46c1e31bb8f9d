// Times as people write them in a job, read in the job's time zone.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/base/time.h"

namespace date {
class time_zone;
}

namespace millrace {

// A zone of the system's time zone files. Cheap to copy; thread-safe.
class TimeZone {
  public:
    // An IANA name, or DataX's form "GMT+8". kConfig when the system does not know it.
    static Result<TimeZone> find(std::string_view name);

    const std::string& name() const { return name_; }

    // Seconds since 1970 of the local clock face, as if that were UTC.
    std::chrono::seconds to_local(MillisPoint time) const;
    struct Instant {
        MillisPoint time;
        bool ambiguous =
            false;  // the clock was set back: this local time came twice, `time` = first
    };
    // kConfig when the clock was set forward over this local time.
    Result<Instant> from_local(std::chrono::seconds local) const;

    // What is added to UTC for the clock face, at that time.
    std::chrono::seconds offset_at(MillisPoint time) const;
    // At that clock face; one that does not exist or comes twice has the offset from before the
    // change.
    std::chrono::seconds offset_of_local(std::chrono::seconds local) const;

  private:
    TimeZone(std::string name, const date::time_zone* zone) : name_(std::move(name)), zone_(zone) {}
    std::string name_;
    const date::time_zone* zone_;
};

}  // namespace millrace
