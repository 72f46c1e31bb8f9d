// Doorbells within one process: embedded mode and tests.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "common/bus/bus.h"

namespace millrace {

// Thread-safe. First in, first out. A full queue drops the new doorbell: the ledger still knows the
// item, and idle workers look there.
class MemoryBus final : public Bus {
  public:
    explicit MemoryBus(size_t capacity = 65'536) : capacity_(capacity) {}

    Status publish(const Doorbell& doorbell) override;
    Result<std::optional<Doorbell>> poll(Duration timeout) override;
    // Doorbells dropped so far.
    uint64_t dropped() const;

  private:
    const size_t capacity_;
    mutable std::mutex mutex_;
    std::condition_variable rang_;
    std::deque<Doorbell> queue_;
    uint64_t dropped_ = 0;
};

}  // namespace millrace
