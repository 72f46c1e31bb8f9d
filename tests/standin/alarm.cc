#include "tests/standin/alarm.h"

namespace millrace::standin {

Alarm::Alarm() : thread_([this] { run(); }) {}

Alarm::~Alarm() {
    finish();
}

void Alarm::after(std::chrono::milliseconds delay, std::function<void()> action) {
    {
        const std::lock_guard lock(mutex_);
        if (!finished_) {
            waiting_.emplace(std::chrono::steady_clock::now() + delay, std::move(action));
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
        } else if (const Time due = waiting_.begin()->first;
                   finished_ || due <= std::chrono::steady_clock::now()) {
            const auto action = std::move(waiting_.begin()->second);
            waiting_.erase(waiting_.begin());
            lock.unlock();
            action();
            lock.lock();
        } else {
            changed_.wait_until(lock, due);
        }
    }
}

}  // namespace millrace::standin
