// Runs a function after a time, on one thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace millrace::standin {

class Alarm {
  public:
    Alarm();
    ~Alarm();
    // Thread-safe. After finish() the function runs at once.
    void after(std::chrono::milliseconds delay, std::function<void()> action);
    // Runs what is still waiting, now, and ends the thread.
    void finish();

  private:
    using Time = std::chrono::steady_clock::time_point;
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<Time, std::function<void()>> waiting_;
    bool finished_ = false;
    std::thread thread_;
};

}  // namespace millrace::standin
