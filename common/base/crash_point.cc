#include "common/base/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <string>

namespace millrace {

namespace detail {

std::atomic<bool> crash_point_armed = false;

namespace {
std::string armed_name;
std::atomic<int64_t> hits_left = 0;
}  // namespace

void crash_point_hit(std::string_view name) {
    if (name == armed_name && --hits_left == 0) kill(getpid(), SIGKILL);
}

}  // namespace detail

Status arm_crash_point(std::string_view spec) {
    const size_t colon = spec.find(':');
    const std::string_view name = spec.substr(0, colon);
    int64_t hits = 1;
    if (colon != std::string_view::npos) {
        const std::string_view count = spec.substr(colon + 1);
        const char* end = count.data() + count.size();
        const auto [stopped, error] = std::from_chars(count.data(), end, hits);
        if (error != std::errc() || stopped != end || hits < 1 || name.empty()) {
            return config_error(
                "\"" + std::string(spec) +
                "\" is no crash point; write a name, or name:hit as in after_send:3");
        }
    }
    detail::armed_name = name;
    detail::hits_left = hits;
    detail::crash_point_armed = !name.empty();
    return {};
}

}  // namespace millrace
