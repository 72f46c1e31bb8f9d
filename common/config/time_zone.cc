#include "common/config/time_zone.h"

#include <date/tz.h>

#include <charconv>
#include <exception>

namespace millrace {
namespace {

// "GMT+8" is Etc/GMT-8: in that family of names the sign is turned round.
std::string iana_name(std::string_view name) {
    if (!name.starts_with("GMT+") && !name.starts_with("GMT-")) return std::string(name);
    int hours = 0;
    std::string_view digits = name.substr(4);
    if (digits.ends_with(":00")) digits.remove_suffix(3);
    const char* end = digits.data() + digits.size();
    if (digits.empty() || std::from_chars(digits.data(), end, hours).ptr != end || hours < 0) {
        return std::string(name);
    }
    return std::string("Etc/GMT") + (name[3] == '+' ? "-" : "+") + std::to_string(hours);
}

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
    const std::string wanted = iana_name(name);
    // A name is part of a file name below the system's time zone files.
    if (wanted.empty() || wanted.front() == '/' || wanted.find("..") != std::string::npos) {
        return config_error("this is no name of a time zone");
    }
    try {
        return TimeZone(wanted, date::locate_zone(wanted));
    } catch (const std::exception&) {
        return config_error(
            "the time zone \"" + wanted +
            "\" is not known here; names are like Asia/Shanghai or UTC (the package "
            "tzdata brings them)");
    }
}

std::chrono::seconds TimeZone::to_local(MillisPoint time) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return seconds.time_since_epoch() + offset_at(time);
}

std::chrono::seconds TimeZone::offset_at(MillisPoint time) const {
    return zone_->get_info(std::chrono::floor<std::chrono::seconds>(time)).offset;
}

std::chrono::seconds TimeZone::offset_of_local(std::chrono::seconds local) const {
    return zone_->get_info(date::local_seconds(local)).first.offset;
}

Result<TimeZone::Instant> TimeZone::from_local(std::chrono::seconds local) const {
    const date::local_info info = zone_->get_info(date::local_seconds(local));
    if (info.result == date::local_info::nonexistent) {
        return config_error("this local time does not exist in " + name_ +
                            ": the clock was set forward over it");
    }
    const MillisPoint time(std::chrono::milliseconds(local - info.first.offset));
    return Instant{time, info.result == date::local_info::ambiguous};
}

}  // namespace millrace
