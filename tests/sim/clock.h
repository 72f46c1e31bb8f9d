// A process's clocks in virtual time.
#pragma once

#include "common/base/clock.h"
#include "tests/sim/scheduler.h"

namespace millrace::sim {

// When the simulated world begins.
inline constexpr TimePoint kBeginning(std::chrono::seconds(1'795'255'200));  // 2026-11-21T10:00:00Z

// Of the services and the ledger: never wrong.
class TrueClock final : public Clock {
  public:
    explicit TrueClock(Scheduler& scheduler) : scheduler_(scheduler) {}
    TimePoint now() const override { return kBeginning + scheduler_.now(); }
    MonoTime monotonic() const override {
        return MonoTime(std::chrono::hours(1)) + scheduler_.now();
    }
    bool sleep(Duration duration, std::stop_token stop) override;

  private:
    Scheduler& scheduler_;
};

// Of one process: its wall clock may be set, and the process may freeze while it looks.
class ProcessClock final : public Clock {
  public:
    ProcessClock(Scheduler& scheduler, Duration boot)
        : scheduler_(scheduler), true_(scheduler), boot_(boot) {}

    TimePoint now() const override { return true_.now() + wall_offset_; }
    MonoTime monotonic() const override;
    bool sleep(Duration duration, std::stop_token stop) override {
        return true_.sleep(duration, std::move(stop));
    }
    void step_wall(Duration by) { wall_offset_ += by; }
    // The process stops for so long the next time that it looks at this clock.
    void freeze_at_next_look(Duration length) { freeze_ = length; }

  private:
    Scheduler& scheduler_;
    TrueClock true_;
    const Duration boot_;
    Duration wall_offset_{0};
    mutable Duration freeze_{0};
};

}  // namespace millrace::sim
