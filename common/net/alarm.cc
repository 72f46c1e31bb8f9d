#include "common/net/alarm.h"

namespace millrace {

Alarm::Alarm() : thread_([this] { run(); }) {}

Alarm::~Alarm() {
    finish();
}

void Alarm::after(std::chrono::milliseconds delay, std::function<void()> action) {
    {
        const std::lock_guard lock(mutex_);
        if (!finished_) {
            waiting_.emplace(clock_.monotonic() + delay, std::move(action));
            changed_.notify_one();
            return;
        }
    }
    action();
}

void Alarm::finish() {
    {
        const std::lock_guard lock(mutex_);
        finished_ = true;
        changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void Alarm::run() {
    std::unique_lock lock(mutex_);
    while (!finished_ || !waiting_.empty()) {
        if (waiting_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const MonoTime due = waiting_.begin()->first;
        const MonoTime now = clock_.monotonic();
        if (finished_ || due <= now) {
            const auto action = std::move(waiting_.begin()->second);
            waiting_.erase(waiting_.begin());
            lock.unlock();
            action();
            lock.lock();
        } else {
            changed_.wait_for(lock, due - now);
        }
    }
}

}  // namespace millrace
