// The speed limits of a run: bytes and records of the source per second.
#pragma once

#include <atomic>
#include <mutex>
#include <stop_token>

#include "common/base/clock.h"
#include "common/store/state_store.h"

namespace millrace {

// What one rate allows. Everybody may take as much as they have at once and then waits until it is
// paid for; who takes gets a ticket, and waits until as much as the ticket says has been allowed.
// Not thread-safe, has no clock.
class TokenBucket {
  public:
    // Per second, 0 = unlimited. What has been taken before stays owed, at the new rate.
    void set_rate(double rate, MonoTime now);
    double take(double amount, MonoTime now);
    // How long until the ticket is paid for at the present rate; zero = it is.
    Duration left(double ticket, MonoTime now);

  private:
    // What may be saved up while nobody takes, in seconds of the rate.
    static constexpr double kBurstSeconds = 0.1;

    void advance(MonoTime now);

    double rate_ = 0;
    double taken_ = 0;    // since the beginning
    double allowed_ = 0;  // since the beginning, at most a burst ahead of what was taken
    MonoTime advanced_;
};

// Thread-safe; shared by all slots of one run. `clock` outlives it.
class Limits {
  public:
    Limits(Clock& clock, const RunControl& control) : clock_(clock) { set(control); }

    // New rates hold at once, also for those who wait.
    void set(const RunControl& control);
    // Called after reading: waits until so much may have been read. False = stopped meanwhile.
    bool pass(uint64_t records, uint64_t bytes, std::stop_token stop);

  private:
    // A waiting slot looks this often whether the rates have changed.
    static constexpr Duration kLook = std::chrono::milliseconds(200);

    Clock& clock_;
    std::atomic<bool> limited_ = false;
    std::mutex mutex_;
    TokenBucket bytes_;
    TokenBucket records_;
};

}  // namespace millrace
