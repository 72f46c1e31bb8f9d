// Runs a function after a time, on one thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "common/base/clock.h"

namespace millrace {

// Thread-safe.
class Alarm {
  public:
    Alarm();
    ~Alarm();
    // After finish() the function runs at once.
    void after(std::chrono::milliseconds delay, std::function<void()> action);
    // Runs what is still waiting, now, and ends the thread.
    void finish();

  private:
    void run();

    const SystemClock clock_;  // what waits here are connections, never the simulation
    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<MonoTime, std::function<void()>> waiting_;
    bool finished_ = false;
    std::thread thread_;
};

}  // namespace millrace
