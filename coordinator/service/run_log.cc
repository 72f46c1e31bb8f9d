#include "coordinator/service/run_log.h"

#include <algorithm>
#include <charconv>

namespace millrace {
namespace {

constexpr std::string_view kSuffix = ".log";

// "17 2026-11-21T10:00:00.123Z info event key=value": the number comes first.
uint64_t number_of(std::string_view line) {
    uint64_t number = 0;
    std::from_chars(line.data(), line.data() + line.size(), number);
    return number;
}

std::string_view without_number(std::string_view line) {
    return line.substr(std::min(line.find(' '), line.size() - 1) + 1);
}

// Whole lines; a half one at the end was being written when its process ended.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        if (end > 0) lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

}  // namespace

RunLog::RunLog(FileSystem& files, std::string folder, Limits limits)
    : files_(files), folder_(std::move(folder)), limits_(limits) {}

Status RunLog::open() {
    const std::lock_guard lock(mutex_);
    MILLRACE_TRY(files_.make_folders(folder_));
    MILLRACE_ASSIGN(const std::vector<std::string> names, files_.list(folder_));
    for (const std::string& name : names) {
        if (name.ends_with(kSuffix)) log_of(RunId(name.substr(0, name.size() - kSuffix.size())));
    }
    return {};
}

// What the file holds, looked at once.
Status RunLog::know(const RunId& run, Log& log) {
    if (log.known) return {};
    const Result<std::string> text = files_.read(path(run));
    if (!text.ok() && text.status().code() != Code::kNotFound) return text.status();
    const std::vector<std::string_view> lines =
        text.ok() ? lines_of(*text) : std::vector<std::string_view>();
    log.in_file = lines.size();
    if (!lines.empty()) log.last = number_of(lines.back());
    if (text.ok() && !text->empty() && !text->ends_with('\n')) MILLRACE_TRY(shorten(run, log));
    log.known = true;
    return {};
}

RunLog::Log& RunLog::log_of(const RunId& run) {
    const auto [found, added] = logs_.try_emplace(run);
    if (added) order_.push_back(run);
    return found->second;
}

void RunLog::append(Log& log, TimePoint time, const std::string& text) {
    std::string line = to_iso8601(time) + " " + text;
    std::replace(line.begin(), line.end(), '\n', ' ');
    log.unwritten.push_back(std::move(line));
}

void RunLog::add(const RunId& run, TimePoint time, const std::string& text) {
    const std::lock_guard lock(mutex_);
    Log& log = log_of(run);
    if (log.unwritten.size() >= limits_.unwritten_max) {
        ++log.left_out;
        return;
    }
    if (log.left_out > 0) {
        append(log, time,
               "warning lines_left_out count=" + std::to_string(std::exchange(log.left_out, 0)));
    }
    append(log, time, text);
}

Status RunLog::flush() {
    const std::lock_guard lock(mutex_);
    Status first;
    for (auto& [run, log] : logs_) {
        const Status status = flush(run, log);
        if (first.ok()) first = status;
    }
    forget_oldest();
    return first;
}

Status RunLog::flush(const RunId& run, Log& log) {
    if (log.unwritten.empty()) return {};
    MILLRACE_TRY(know(run, log));
    std::string text;
    uint64_t number = log.last;
    for (const std::string& line : log.unwritten) {
        text += std::to_string(++number) + " " + line + "\n";
    }
    MILLRACE_TRY(files_.append(path(run), text));
    log.last = number;
    log.in_file += log.unwritten.size();
    log.unwritten.clear();
    // Not with every line: the file is written anew.
    if (log.in_file > 2 * limits_.lines_max) return shorten(run, log);
    return {};
}

Status RunLog::shorten(const RunId& run, Log& log) {
    MILLRACE_ASSIGN(const std::string text, files_.read(path(run)));
    const std::vector<std::string_view> lines = lines_of(text);
    const size_t kept = std::min(lines.size(), limits_.lines_max);
    std::string last;
    for (size_t i = lines.size() - kept; i < lines.size(); ++i)
        last += std::string(lines[i]) + "\n";
    MILLRACE_TRY(files_.write_atomically(path(run), last));
    log.in_file = kept;
    return {};
}

void RunLog::forget_oldest() {
    while (order_.size() > limits_.runs_max) {
        const RunId run = order_.front();
        order_.pop_front();
        logs_.erase(run);
        (void)files_.remove(path(run));  // what is left is found at the next start
    }
}

Result<RunLog::Page> RunLog::page(const RunId& run, uint64_t after, size_t max) {
    const std::lock_guard lock(mutex_);
    Page page{{}, after};
    const auto found = logs_.find(run);
    if (found == logs_.end()) return page;
    MILLRACE_TRY(flush(run, found->second));
    MILLRACE_TRY(know(run, found->second));
    if (found->second.last <= after) return page;
    MILLRACE_ASSIGN(const std::string text, files_.read(path(run)));
    for (std::string_view line : lines_of(text)) {
        if (page.lines.size() == max) break;
        if (number_of(line) <= after) continue;
        page.next = number_of(line);
        page.lines.emplace_back(without_number(line));
    }
    return page;
}

}  // namespace millrace
