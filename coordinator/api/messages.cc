#include "coordinator/api/messages.h"

#include <algorithm>
#include <cmath>

#include "common/config/ascii.h"
#include "common/config/time_forms.h"
#include "coordinator/api/fields.h"

namespace millrace::api {
namespace {

using nlohmann::json;

constexpr double kMegabyte = 1'048'576;  // as "mbps" of a job
constexpr size_t kIdMax = 64;
constexpr uint64_t kConcurrentMax = 10'000;

void take_time(Fields& fields, const char* name, MillisPoint& to) {
    std::string text;
    fields.take(name, text);
    fields.need(name);
    const Result<MillisPoint> time = read_time(name, text);
    if (time.ok()) {
        to = *time;
    } else {
        fields.fail(time.status().text());
    }
}

void take_variables(Fields& fields, std::vector<Variable>& to) {
    const json* variables = fields.object("variables");
    if (variables == nullptr) return;
    for (const auto& [name, value] : variables->items()) {
        if (!value.is_string()) {
            fields.fail("\"variables\": each value must be a text");
            return;
        }
        to.push_back({name, value.get<std::string>()});
    }
}

void take_texts(Fields& fields, const char* name, std::vector<std::string>& to) {
    const json* list = fields.list(name);
    if (list == nullptr) return;
    for (const json& one : *list) {
        if (!one.is_string()) return fields.fail("\"" + std::string(name) + "\" holds texts");
        to.push_back(one.get<std::string>());
    }
}

template <typename Tag>
void take_id(Fields& fields, const char* name, Id<Tag>& to) {
    std::string text;
    fields.take(name, text);
    if (!text.empty() && !is_id(text)) fields.fail("\"" + std::string(name) + "\" is no id");
    to = Id<Tag>(text);
}

template <typename T>
Result<T> ended(Fields& fields, T value) {
    if (Status status = fields.end(); !status.ok()) return status;
    return value;
}

// Members that a newer coordinator adds to its answers are passed over.
template <typename T>
Result<T> of_answer(const Fields& fields, T value) {
    if (fields.status().ok()) return value;
    return Status(Code::kCorrupt, "the coordinator's answer: " + fields.status().text());
}

}  // namespace

Result<MillisPoint> read_time(const std::string& name, std::string_view text) {
    const Status wrong =
        config_error("\"" + name + "\" must be a time like 2026-11-21T10:00:00Z (UTC)");
    static constexpr std::string_view kForm = "0000-00-00T00:00:00";
    if (text.size() < kForm.size() + 1 || text.back() != 'Z') return wrong;
    std::string digits;
    for (size_t i = 0; i < kForm.size(); ++i) {
        if (kForm[i] == '0' ? !ascii::is_digit(text[i]) : text[i] != kForm[i]) return wrong;
        if (kForm[i] == '0') digits += text[i];
    }
    text = text.substr(kForm.size(), text.size() - kForm.size() - 1);
    int64_t millis = 0;
    if (!text.empty()) {
        if (text.size() != 4 || text[0] != '.' || !ascii::all_digits(text.substr(1))) return wrong;
        millis = std::stoi(std::string(text.substr(1)));
    }
    MILLRACE_ASSIGN(const TimeZone utc, TimeZone::find("UTC"));
    const Result<TimeZone::Instant> read = parse_time_string(digits, utc);
    if (!read.ok()) return wrong;
    return read->time + std::chrono::milliseconds(millis);
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kIdMax &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return ascii::is_letter(c) || ascii::is_digit(c) || c == '-' || c == '_' || c == '.';
           });
}

Result<Submission> read_submission(const json& body) {
    Submission submission;
    submission.file = "job.json";
    Fields fields(body);
    fields.take("file", submission.file);
    fields.take("script", submission.script);
    fields.need("script");
    fields.take("sources", submission.sources);
    take_variables(fields, submission.variables);
    fields.take("name", submission.name);
    fields.take("label", submission.label);
    fields.take("replay", submission.replay);
    fields.take("acceptLoss", submission.accept_loss);
    fields.take("dirtyRecordsMax", submission.dirty_records_max);
    return ended(fields, std::move(submission));
}

Result<ReplayRequest> read_replay(const json& body) {
    ReplayRequest request;
    Fields fields(body);
    take_id(fields, "task", request.task);
    take_id(fields, "run", request.run);
    take_time(fields, "from", request.range.start);
    take_time(fields, "to", request.range.end);
    fields.take("dryRun", request.dry_run);
    fields.take("wholePartition", request.whole_partition);
    if (request.task.empty() == request.run.empty()) fields.fail("give \"task\" or \"run\"");
    if (request.range.start >= request.range.end) fields.fail("\"from\" must lie before \"to\"");
    return ended(fields, std::move(request));
}

Result<LimitChange> read_limits(const json& body) {
    LimitChange change;
    std::optional<double> mbps;
    std::optional<uint64_t> concurrent;
    Fields fields(body);
    fields.take("mbps", mbps);
    fields.take("concurrent", concurrent);
    if (!mbps && !concurrent) fields.fail("give \"mbps\" or \"concurrent\"");
    if (mbps && (!std::isfinite(*mbps) || *mbps < 0))
        fields.fail("\"mbps\" must be 0 (no limit) or more");
    if (concurrent && (*concurrent < 1 || *concurrent > kConcurrentMax))
        fields.fail("\"concurrent\" must be from 1 to " + std::to_string(kConcurrentMax));
    if (mbps) change.bytes_per_second = *mbps * kMegabyte;
    if (concurrent) change.concurrent = static_cast<int>(*concurrent);
    return ended(fields, change);
}

Result<RerunRequest> read_rerun(const json& body) {
    RerunRequest request;
    Fields fields(body);
    fields.take("dirtyRecordsMax", request.dirty_records_max);
    return ended(fields, request);
}

json to_json(const Submission& submission) {
    json variables = json::object();
    for (const Variable& one : submission.variables) variables[one.name] = one.value;
    json body = {{"file", submission.file},
                 {"script", submission.script},
                 {"variables", variables},
                 {"replay", submission.replay},
                 {"acceptLoss", submission.accept_loss}};
    if (!submission.sources.empty()) body["sources"] = submission.sources;
    if (!submission.name.empty()) body["name"] = submission.name;
    if (!submission.label.empty()) body["label"] = submission.label;
    if (submission.dirty_records_max) body["dirtyRecordsMax"] = *submission.dirty_records_max;
    return body;
}

json to_json(const ReplayRequest& request) {
    json body = {{"from", to_iso8601(request.range.start)},
                 {"to", to_iso8601(request.range.end)},
                 {"dryRun", request.dry_run},
                 {"wholePartition", request.whole_partition}};
    if (!request.task.empty()) body["task"] = request.task.text();
    if (!request.run.empty()) body["run"] = request.run.text();
    return body;
}

json to_json(const LimitChange& change) {
    json body = json::object();
    if (change.bytes_per_second) body["mbps"] = *change.bytes_per_second / kMegabyte;
    if (change.concurrent) body["concurrent"] = *change.concurrent;
    return body;
}

json to_json(const RerunRequest& request) {
    json body = json::object();
    if (request.dirty_records_max) body["dirtyRecordsMax"] = *request.dirty_records_max;
    return body;
}

json to_json(const Submitted& submitted) {
    return {
        {"run", submitted.run.text()}, {"wasDone", submitted.was_done}, {"notes", submitted.notes}};
}

json to_json(const LogPage& page) {
    return {{"lines", page.lines}, {"next", page.next}, {"ended", page.ended}};
}

Result<Submitted> read_submitted(const json& body) {
    Submitted submitted;
    Fields fields(body);
    take_id(fields, "run", submitted.run);
    fields.need("run");
    fields.take("wasDone", submitted.was_done);
    take_texts(fields, "notes", submitted.notes);
    return of_answer(fields, std::move(submitted));
}

Result<LogPage> read_log_page(const json& body) {
    LogPage page;
    Fields fields(body);
    take_texts(fields, "lines", page.lines);
    fields.take("next", page.next);
    fields.need("next");
    fields.take("ended", page.ended);
    return of_answer(fields, std::move(page));
}

}  // namespace millrace::api
