// A clock that moves only when told to, or when somebody sleeps on it.
#pragma once

#include <mutex>

#include "common/base/clock.h"

namespace millrace {

// Thread-safe. sleep() returns at once and moves the time on, so that a back-off costs no real
// time.
class FakeClock final : public Clock {
  public:
    explicit FakeClock(TimePoint start = TimePoint(std::chrono::seconds(1'700'000'000)))
        : now_(start) {}

    TimePoint now() const override {
        std::lock_guard lock(mutex_);
        return now_;
    }
    MonoTime monotonic() const override {
        std::lock_guard lock(mutex_);
        return mono_;
    }
    bool sleep(Duration duration, std::stop_token stop) override {
        if (stop.stop_requested()) return false;
        advance(duration);
        return true;
    }
    void advance(Duration duration) {
        std::lock_guard lock(mutex_);
        now_ += duration;
        mono_ += duration;
        slept_ += duration;
    }
    Duration advanced() const {
        std::lock_guard lock(mutex_);
        return slept_;
    }

  private:
    mutable std::mutex mutex_;
    TimePoint now_;
    MonoTime mono_{std::chrono::hours(1)};
    Duration slept_{0};
};

}  // namespace millrace
