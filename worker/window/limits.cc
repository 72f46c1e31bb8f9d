#include "worker/window/limits.h"

#include <algorithm>
#include <cmath>

namespace millrace {

void TokenBucket::advance(MonoTime now) {
    const double seconds = std::chrono::duration<double>(now - advanced_).count();
    advanced_ = now;
    if (rate_ <= 0) {
        allowed_ = taken_;
        return;
    }
    allowed_ = std::min(allowed_ + seconds * rate_, taken_ + rate_ * kBurstSeconds);
}

void TokenBucket::set_rate(double rate, MonoTime now) {
    advance(now);
    rate_ = rate;
    advance(now);
}

double TokenBucket::take(double amount, MonoTime now) {
    advance(now);
    taken_ += amount;
    if (rate_ <= 0) allowed_ = taken_;
    return taken_;
}

Duration TokenBucket::left(double ticket, MonoTime now) {
    advance(now);
    if (rate_ <= 0 || allowed_ >= ticket) return Duration(0);
    // A rate of next to nothing must not become an endless number; who waits looks again anyway.
    const double seconds = std::min((ticket - allowed_) / rate_, 3600.0);
    return Duration(static_cast<int64_t>(std::ceil(seconds * 1e6)));
}

void Limits::set(const RunControl& control) {
    const std::lock_guard lock(mutex_);
    const MonoTime now = clock_.monotonic();
    bytes_.set_rate(control.source_bytes_per_second, now);
    records_.set_rate(control.source_records_per_second, now);
    limited_ = control.source_bytes_per_second > 0 || control.source_records_per_second > 0;
}

bool Limits::pass(uint64_t records, uint64_t bytes, std::stop_token stop) {
    if (!limited_.load(std::memory_order_relaxed)) return !stop.stop_requested();
    double byte_ticket = 0;
    double record_ticket = 0;
    {
        const std::lock_guard lock(mutex_);
        const MonoTime now = clock_.monotonic();
        byte_ticket = bytes_.take(static_cast<double>(bytes), now);
        record_ticket = records_.take(static_cast<double>(records), now);
    }
    for (;;) {
        Duration wait{};
        {
            const std::lock_guard lock(mutex_);
            const MonoTime now = clock_.monotonic();
            wait = std::max(bytes_.left(byte_ticket, now), records_.left(record_ticket, now));
        }
        if (wait <= Duration(0)) return !stop.stop_requested();
        if (!clock_.sleep(std::min(wait, kLook), stop)) return false;
    }
}

}  // namespace millrace
