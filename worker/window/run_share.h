// What of a run's limits this process may use.
#pragma once

#include <mutex>

#include "worker/window/limits.h"

namespace millrace {

// A run's limits are shared by all workers that hold items of it: this process may use held /
// sharing of them, at most all. Every claim and every renewal brings how many share now, so the
// sum is right one renewal after the last claim or end. Thread-safe.
class RunShare {
  public:
    explicit RunShare(Limits& limits) : limits_(limits) {}

    // While it lives, one more item is held here.
    class Held {
      public:
        explicit Held(RunShare& share) : share_(share) { share.add(); }
        ~Held() { share_.remove(); }
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;

      private:
        RunShare& share_;
    };

    // As a claim or a renewal brought it.
    void set(const RunControl& control);

  private:
    void add();
    void remove();
    void apply();

    Limits& limits_;
    std::mutex mutex_;
    RunControl control_;  // the last one told; guarded by mutex_
    int held_ = 0;        // guarded by mutex_
};

}  // namespace millrace
