#include "cli/report.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "common/config/time_forms.h"

namespace millrace::cli {
namespace {

// Chinese labels of DataX, each padded to 26 characters (not columns), as its users' scripts grep
// them.
std::string line(const char* label, size_t label_characters, const std::string& value) {
    std::string text = label;
    text.append(26 - label_characters, ' ');
    return text + ": " + value + "\n";
}

std::string right(const std::string& value) {
    return value.size() < 19 ? std::string(19 - value.size(), ' ') + value : value;
}

}  // namespace

std::string speed_text(uint64_t bytes, double seconds) {
    static constexpr std::array kUnits = {"B", "KB", "MB", "GB", "TB"};
    double rate = static_cast<double>(bytes) / std::max(1.0, seconds);
    size_t unit = 0;
    while (rate >= 1024 && unit + 1 < kUnits.size()) {
        rate /= 1024;
        ++unit;
    }
    char text[48];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f%s/s" : "%.2f%s/s", rate, kUnits[unit]);
    return text;
}

std::string to_text(const Report& report) {
    const Counts& c = report.counts;
    const double seconds = std::chrono::duration<double>(report.ended - report.started).count();
    const auto whole = static_cast<uint64_t>(std::max(0.0, seconds));
    const uint64_t rate = c.read / std::max<uint64_t>(1, whole);
    const auto local = [&](TimePoint time) {
        return to_local_text(std::chrono::floor<std::chrono::milliseconds>(time), report.zone);
    };
    std::string text;
    text += line("任务启动时刻", 6, local(report.started));
    text += line("任务结束时刻", 6, local(report.ended));
    text += line("任务总计耗时", 6, right(std::to_string(whole) + "s"));
    text += line("任务平均流量", 6, right(speed_text(c.source_bytes, seconds)));
    text += line("记录写入速度", 6, right(std::to_string(rate) + "rec/s"));
    text += line("读出记录总数", 6, right(std::to_string(c.read)));
    text += line("读写失败总数", 6, right(std::to_string(c.rows_dirty)));
    text += "changes read              : " + right(std::to_string(c.read)) + "  (put " +
            std::to_string(c.put) + ", update " + std::to_string(c.update) + ", delete " +
            std::to_string(c.remove) + ")\n";
    text += "rows written              : " + right(std::to_string(c.rows)) + "\n";
    text += "changes quarantined       : " + right(std::to_string(c.quarantined)) + "\n";
    text += "deletes dropped           : " + right(std::to_string(c.dropped_delete_in_row_mode)) +
            "  (row mode)\n";
    text += "changes without a column  : " + right(std::to_string(c.dropped_no_configured_column)) +
            "\n";
    return text;
}

}  // namespace millrace::cli
