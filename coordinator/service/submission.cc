#include "coordinator/service/submission.h"

#include <charconv>

#include "coordinator/service/run_driver.h"

namespace millrace {
namespace {

constexpr size_t kTimeDigits = 11;  // ms since 1970, until 2527
constexpr size_t kRandomDigits = 7;
// No run was submitted before; an id that says so is of another kind.
constexpr int64_t kFirstMs = 1'700'000'000'000;

}  // namespace

Result<Prepared> prepare(const Submission& submission, const OwnSources& own, TimePoint now) {
    Prepared prepared;
    JobRequest& request = prepared.package.request;
    request.file = submission.file;
    request.text = submission.script;
    request.variables = submission.variables;
    if (submission.sources.empty()) {
        request.sources = own.text;
        request.environment = own.environment;
    } else {
        request.sources = SourcesText{"sources.json", submission.sources};
        request.environment = [](std::string_view) { return std::nullopt; };
    }
    request.schedule = std::chrono::floor<std::chrono::milliseconds>(now);
    request.name = submission.name;
    request.dirty_records_max = submission.dirty_records_max;
    prepared.package.accept_loss = submission.accept_loss;
    prepared.package.replay = submission.replay;
    prepared.package.label = submission.label;
    const ParsedJob parsed = parse_job(request);
    if (!parsed.job) return parsed.status();
    prepared.job = *parsed.job;
    const bool windowed = prepared.job.reader.plugin == "otsstream";
    if (windowed && !prepared.job.window && !is_continuous(prepared.job)) {
        return config_error("the job names no window: give its start and end");
    }
    for (const Finding& finding : parsed.findings) prepared.notes.push_back(to_text(finding));
    return prepared;
}

RunId make_run_id(TimePoint now, Random& random) {
    const auto millis = std::chrono::floor<std::chrono::milliseconds>(now);
    std::string digits(kTimeDigits, '0');
    auto left = static_cast<uint64_t>(to_millis(millis));
    for (size_t i = kTimeDigits; i-- > 0; left /= 16) digits[i] = "0123456789abcdef"[left % 16];
    return RunId(digits + random.hex(kRandomDigits));
}

std::optional<TimePoint> created_at(const RunId& run) {
    const std::string& text = run.text();
    if (text.size() != kTimeDigits + kRandomDigits) return {};
    int64_t millis = 0;
    const char* end = text.data() + kTimeDigits;
    if (std::from_chars(text.data(), end, millis, 16).ptr != end || millis < kFirstMs) return {};
    return TimePoint(from_millis(millis));
}

}  // namespace millrace
