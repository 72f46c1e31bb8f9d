// SIGINT and SIGTERM ask for a clean drain; a second one ends the process at once.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace millrace::cli {

// Made before any other thread, so that all of them leave these signals to it.
class Signals {
  public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    std::stop_token stop() const { return stop_.get_token(); }
    // The signal that came, 0 = none. The process ends with 128 + this.
    int received() const { return received_; }

  private:
    std::stop_source stop_;
    std::atomic<int> received_ = 0;
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

}  // namespace millrace::cli
