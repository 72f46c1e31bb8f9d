// The stand-in's time: real time plus an offset that the admin API sets.
#pragma once

#include <atomic>

#include "common/base/clock.h"

namespace millrace::standin {

// Thread-safe.
class ServerClock {
  public:
    explicit ServerClock(const Clock& real) : real_(real) {}
    int64_t now_us() const { return to_micros(real_.now()) + offset_us_.load(); }
    int64_t now_ms() const { return now_us() / 1000; }
    TimePoint now() const { return TimePoint(std::chrono::microseconds(now_us())); }
    void set_offset_ms(int64_t offset) { offset_us_ = offset * 1000; }
    int64_t offset_ms() const { return offset_us_.load() / 1000; }

  private:
    const Clock& real_;
    std::atomic<int64_t> offset_us_{0};
};

}  // namespace millrace::standin
