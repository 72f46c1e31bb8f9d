// The seam through which all time is read and waited for. Nothing else calls now() or sleeps.
#pragma once

#include <stop_token>

#include "common/base/time.h"

namespace millrace {

// Thread-safe.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
    virtual MonoTime monotonic() const = 0;
    // Waits for `duration`, or until `stop` is requested; false means stopped.
    virtual bool sleep(Duration duration, std::stop_token stop) = 0;
};

class SystemClock final : public Clock {
  public:
    TimePoint now() const override;
    MonoTime monotonic() const override;
    bool sleep(Duration duration, std::stop_token stop) override;
};

}  // namespace millrace
