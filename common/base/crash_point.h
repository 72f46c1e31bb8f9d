// Named places where a test may end the process, as a power cut would: without a word.
#pragma once

#include <atomic>
#include <string_view>

#include "common/base/status.h"

namespace millrace {

namespace detail {
extern std::atomic<bool> crash_point_armed;
void crash_point_hit(std::string_view name);
}  // namespace detail

// One predictable branch when unarmed. Thread-safe.
inline void crash_point(std::string_view name) {
    if (detail::crash_point_armed.load(std::memory_order_relaxed)) [[unlikely]] {
        detail::crash_point_hit(name);
    }
}

// "after_send:3": SIGKILL at the third hit of `after_send`; "after_send": at the first; "": never.
// Only the start of cli/ calls this, before there are threads. kConfig for any other text.
Status arm_crash_point(std::string_view spec);

}  // namespace millrace
