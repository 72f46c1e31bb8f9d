#include "common/bus/memory_bus.h"

namespace millrace {

Status MemoryBus::publish(const Doorbell& doorbell) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= capacity_) {
            ++dropped_;
            return {};
        }
        queue_.push_back(doorbell);
    }
    rang_.notify_one();
    return {};
}

Result<std::optional<Doorbell>> MemoryBus::poll(Duration timeout) {
    std::unique_lock lock(mutex_);
    // The system's time on purpose: a real wait of a thread, woken by publish().
    rang_.wait_for(lock, timeout, [this] { return !queue_.empty(); });
    if (queue_.empty()) return std::optional<Doorbell>();
    std::optional<Doorbell> first = std::move(queue_.front());
    queue_.pop_front();
    return first;
}

uint64_t MemoryBus::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

}  // namespace millrace
