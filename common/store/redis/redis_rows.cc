#include "common/store/redis/redis_rows.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace millrace::redis {
namespace {

constexpr uint64_t Counts::*kCounts[] = {&Counts::read,
                                         &Counts::put,
                                         &Counts::update,
                                         &Counts::remove,
                                         &Counts::acknowledged,
                                         &Counts::quarantined,
                                         &Counts::dropped_delete_in_row_mode,
                                         &Counts::dropped_no_configured_column,
                                         &Counts::rows,
                                         &Counts::rows_dirty,
                                         &Counts::source_bytes,
                                         &Counts::output_bytes};

std::string flag(bool value) {
    return value ? "1" : "0";
}

// The shortest text that gives the same number back.
std::string shortest(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

template <typename Number>
Number parsed(std::string_view text) {
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string text_of(const Counts& counts) {
    std::string text;
    for (const auto count : kCounts) {
        text += (text.empty() ? "" : " ") + std::to_string(counts.*count);
    }
    return text;
}

Counts counts_of(std::string_view text) {
    Counts counts;
    for (const auto count : kCounts) {
        const size_t end = std::min(text.find(' '), text.size());
        counts.*count = parsed<uint64_t>(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return counts;
}

template <typename Enum>
Enum from_name(std::string_view name, std::initializer_list<Enum> all) {
    const auto* const found =
        std::find_if(all.begin(), all.end(), [&](Enum one) { return name_of(one) == name; });
    return found == all.end() ? *all.begin() : *found;
}

Sum128 sum_of(std::string_view hex) {
    const Result<Sum128> sum = Sum128::parse(hex);
    return sum.ok() ? *sum : Sum128();
}

void append(Flat& to, Flat more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

std::string twice(const std::vector<Part>& parts) {
    std::set<std::pair<uint32_t, uint32_t>> seen;
    for (const Part& part : parts) {
        if (seen.emplace(part.object, part.number).second) continue;
        return "part " + std::to_string(part.number) + " of object " + std::to_string(part.object);
    }
    return {};
}

std::optional<ItemEnd> end_of(const Fields& item) {
    const std::string_view kind = item["end_kind"];
    if (kind.empty()) return {};
    return ItemEnd{from_name(kind, {EndKind::kBorder, EndKind::kShardEnd}),
                   item.text("end_position")};
}

Progress progress_of(const Fields& item, const redisReply& parts) {
    Progress progress;
    progress.position = item.text("position");
    progress.staging = item.text("staging");
    progress.counts = counts_of(item["counts"]);
    progress.source_sum = sum_of(item["source_sum"]);
    progress.output_sum = sum_of(item["output_sum"]);
    const Fields list(parts);
    for (const auto& [name, data] : list.all()) {
        const size_t slash = name.find('/');
        progress.new_parts.push_back({parsed<uint32_t>(name.substr(0, slash)),
                                      parsed<uint32_t>(name.substr(slash + 1)), std::string(data)});
    }
    std::sort(progress.new_parts.begin(), progress.new_parts.end(),
              [](const Part& a, const Part& b) {
                  return std::pair(a.object, a.number) < std::pair(b.object, b.number);
              });
    return progress;
}

}  // namespace

Flat control_fields(const RunControl& control) {
    return {"bytes_per_second",
            shortest(control.source_bytes_per_second),
            "records_per_second",
            shortest(control.source_records_per_second),
            "concurrent",
            std::to_string(control.concurrent),
            "paused",
            flag(control.paused),
            "cancelled",
            flag(control.cancelled)};
}

Flat job_fields(const NewInstance& instance) {
    Flat fields = {"job_version", instance.job_version, "encoder_version", instance.encoder_version,
                   "job",         instance.job};
    append(fields, control_fields(instance.control));
    return fields;
}

Flat job_fields(const ReopenOptions& options) {
    Flat fields = {"job_version", options.job_version, "encoder_version", options.encoder_version,
                   "job",         options.job};
    append(fields, control_fields(options.control));
    return fields;
}

Flat run_fields(const InstanceRow& run) {
    Flat fields = {"id",
                   run.run.text(),
                   "task",
                   run.task.text(),
                   "window_start",
                   std::to_string(to_millis(run.window.start)),
                   "window_end",
                   std::to_string(to_millis(run.window.end)),
                   "kind",
                   std::string(name_of(run.kind)),
                   "number",
                   std::to_string(run.number),
                   "state",
                   std::string(name_of(run.state)),
                   "reason",
                   run.reason,
                   "by_image",
                   flag(run.by_image),
                   "claimed",
                   flag(run.claimed),
                   "borders",
                   run.borders,
                   "job_version",
                   run.job_version,
                   "encoder_version",
                   run.encoder_version,
                   "job",
                   run.job,
                   "staging",
                   run.staging,
                   "reserved",
                   std::to_string(run.reserved),
                   "intent",
                   run.intent,
                   "receipt",
                   run.receipt};
    append(fields, control_fields(run.control));
    return fields;
}

Flat item_fields(const ItemRow& item) {
    const Progress& progress = item.progress;
    return {"id",           item.item.text(),
            "run",          item.run.text(),
            "shard",        item.shard.text(),
            "start",        item.start,
            "state",        std::string(name_of(item.state)),
            "reason",       item.reason,
            "epoch",        std::to_string(static_cast<uint64_t>(item.epoch)),
            "claim",        item.claim.text(),
            "claim_end",    std::to_string(static_cast<int>(item.claim_end)),
            "deadline",     std::to_string(item.deadline.time_since_epoch().count()),
            "abandoned",    std::to_string(static_cast<uint64_t>(item.abandoned)),
            "attempts",     std::to_string(item.attempts),
            "reserved",     std::to_string(item.reserved),
            "has_progress", flag(item.has_progress),
            "position",     progress.position,
            "staging",      progress.staging,
            "counts",       text_of(progress.counts),
            "source_sum",   progress.source_sum.hex(),
            "output_sum",   progress.output_sum.hex(),
            "end_kind",     item.end ? std::string(name_of(item.end->kind)) : "",
            "end_position", item.end ? item.end->position : ""};
}

Flat item_names() {
    const Flat fields = item_fields(ItemRow());
    Flat names;
    for (size_t i = 0; i < fields.size(); i += 2) names.push_back(fields[i]);
    return names;
}

Flat progress_words(const Progress& progress, const ItemEnd* end) {
    Flat words = {progress.position,         progress.staging,
                  text_of(progress.counts),  progress.source_sum.hex(),
                  progress.output_sum.hex(), flag(progress.counts.balanced()),
                  twice(progress.new_parts), end ? std::string(name_of(end->kind)) : "",
                  end ? end->position : ""};
    append(words, part_words(progress.new_parts));
    return words;
}

Flat part_words(const std::vector<Part>& parts) {
    Flat words;
    for (const Part& part : parts) {
        words.push_back(std::to_string(part.object) + "/" + std::to_string(part.number));
        words.push_back(part.data);
    }
    return words;
}

std::string border_text(const Border& border) {
    return joined({border.kind}) + flag(border.gave_records) + border.position;
}

Border border_of(std::string_view text) {
    const size_t colon = text.find(':');
    const auto size = parsed<size_t>(text.substr(0, colon));
    const std::string_view rest = text.substr(colon + 1 + size);
    return {std::string(text.substr(colon + 1, size)), std::string(rest.substr(1)),
            rest.starts_with('1')};
}

std::string joined(const Flat& texts) {
    std::string all;
    for (const std::string& text : texts) all += std::to_string(text.size()) + ":" + text;
    return all;
}

std::string_view text_of(const redisReply& reply) {
    return reply.str ? std::string_view(reply.str, reply.len) : std::string_view();
}

Fields::Fields(const redisReply& flat) {
    for (size_t i = 0; i + 1 < flat.elements; i += 2) {
        all_.emplace_back(text_of(*flat.element[i]), text_of(*flat.element[i + 1]));
    }
}

std::string_view Fields::operator[](std::string_view name) const {
    for (const auto& [field, value] : all_) {
        if (field == name) return value;
    }
    return {};
}

template <typename Number>
Number Fields::number(std::string_view name) const {
    return parsed<Number>((*this)[name]);
}

InstanceView instance_view(const Fields& run) {
    InstanceView view;
    view.run = RunId(run.text("id"));
    view.task = TaskId(run.text("task"));
    view.window = {from_millis(run.number<int64_t>("window_start")),
                   from_millis(run.number<int64_t>("window_end"))};
    view.kind = from_name(run["kind"], {RunKind::kFirst, RunKind::kReplay});
    view.number = run.number<int>("number");
    view.state = from_name(run["state"], {InstanceState::kRunning, InstanceState::kCommitting,
                                          InstanceState::kCommitted, InstanceState::kCleaned,
                                          InstanceState::kFailed, InstanceState::kCancelled});
    view.reason = run.text("reason");
    view.by_image = run.flag("by_image");
    view.borders_recorded = !run["borders"].empty();
    view.job_version = run.text("job_version");
    view.encoder_version = run.text("encoder_version");
    view.job = run.text("job");
    view.control.source_bytes_per_second = run.number<double>("bytes_per_second");
    view.control.source_records_per_second = run.number<double>("records_per_second");
    view.control.concurrent = run.number<int>("concurrent");
    view.control.paused = run.flag("paused");
    view.control.cancelled = run.flag("cancelled");
    view.staging = run.text("staging");
    view.intent = run.text("intent");
    view.receipt = run.text("receipt");
    for (size_t n = 0; n < std::size(kCounts); ++n) {
        view.counts.*kCounts[n] = run.number<uint64_t>("n" + std::to_string(n));
    }
    return view;
}

ItemView item_view(const Fields& item, const redisReply& parts) {
    ItemView view;
    view.item = ItemId(item.text("id"));
    view.shard = ShardId(item.text("shard"));
    view.state = from_name(item["state"], {ItemState::kReady, ItemState::kClaimed,
                                           ItemState::kWritten, ItemState::kParked});
    view.start = item.text("start");
    view.progress = progress_of(item, parts);
    view.has_progress = item.flag("has_progress");
    view.end = end_of(item);
    view.epoch = Epoch(item.number<uint64_t>("epoch"));
    view.abandoned = Epoch(item.number<uint64_t>("abandoned"));
    view.attempts = item.number<int>("attempts");
    view.reason = item.text("reason");
    return view;
}

Claimed claimed(const Fields& item, const redisReply& parts) {
    Claimed claimed;
    claimed.fence = {ItemId(item.text("id")), Epoch(item.number<uint64_t>("epoch")),
                     ClaimId(item.text("claim"))};
    claimed.run = RunId(item.text("run"));
    claimed.shard = ShardId(item.text("shard"));
    claimed.start = item.text("start");
    claimed.progress = progress_of(item, parts);
    claimed.has_progress = item.flag("has_progress");
    claimed.attempts = item.number<int>("attempts");
    claimed.recorded_end = end_of(item);
    claimed.deadline = MonoTime(Duration(item.number<int64_t>("deadline")));
    return claimed;
}

RunControl shared_control(const redisReply& list) {
    RunControl control;
    if (list.elements < 6) return control;
    control.source_bytes_per_second = parsed<double>(text_of(*list.element[0]));
    control.source_records_per_second = parsed<double>(text_of(*list.element[1]));
    control.concurrent = parsed<int>(text_of(*list.element[2]));
    control.paused = text_of(*list.element[3]) == "1";
    control.cancelled = text_of(*list.element[4]) == "1";
    control.sharing = parsed<int>(text_of(*list.element[5]));
    return control;
}

}  // namespace millrace::redis
