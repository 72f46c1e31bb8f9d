// Renews the leases of all slots of a process from one thread.
#pragma once

#include <condition_variable>
#include <thread>

#include "worker/lease/leases.h"

namespace millrace {

// Thread-safe.
class LeaseRenewer final : public Leases {
  public:
    LeaseRenewer(StateStore& store, Clock& clock, LeaseSettings settings);
    ~LeaseRenewer() override;

  private:
    void run(std::stop_token stop);
    void on_begin() override;

    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool begun_ = false;  // a lease that the thread has not seen yet; guarded by mutex_
    std::jthread thread_;
};

}  // namespace millrace
