#include <algorithm>

#include "common/store/rules.h"

namespace millrace::rules {
namespace {

std::string named(const InstanceRow& instance) {
    return "run " + instance.run.text();
}

Status misfit(const InstanceRow& instance, std::string_view verb) {
    std::string text = "cannot " + std::string(verb) + " " + named(instance) + ": it is " +
                       std::string(name_of(instance.state));
    if (!instance.reason.empty()) text += " (" + instance.reason + ")";
    return fatal_error(std::move(text));
}

bool active(const RunOfWindow& run) {
    return run.state == InstanceState::kRunning || run.state == InstanceState::kCommitting;
}

bool committed(const RunOfWindow& run) {
    return run.state == InstanceState::kCommitted || run.state == InstanceState::kCleaned;
}

// The run that speaks for its window: the active one, else the last committed, else the last.
const RunOfWindow& current(std::span<const RunOfWindow> runs) {
    const auto busy = std::find_if(runs.begin(), runs.end(), active);
    if (busy != runs.end()) return *busy;
    const auto done = std::find_if(runs.rbegin(), runs.rend(), committed);
    return done != runs.rend() ? *done : runs.back();
}

RunControl limits(RunControl control) {
    control.sharing = RunControl().sharing;
    return control;
}

Status all_written(const InstanceRow& instance, const Tally& tally, std::string_view verb) {
    if (tally.items > 0 && tally.written == tally.items) return {};
    return fatal_error("cannot " + std::string(verb) + " " + named(instance) + ": " +
                       std::to_string(tally.written) + " of " + std::to_string(tally.items) +
                       " items are WRITTEN");
}

}  // namespace

Result<Creation> create(const NewInstance& instance, bool same_run,
                        std::span<const RunOfWindow> others, bool later_claimed) {
    if (same_run) return Creation{{Created::kExists, instance.run}, {}};
    if (!others.empty()) {
        const RunOfWindow& now = current(others);
        if (instance.kind == RunKind::kFirst) return Creation{{Created::kExists, now.run}, {}};
        if (active(now)) {
            return fatal_error("cannot replay the window: its run " + now.run.text() + " is " +
                               std::string(name_of(now.state)));
        }
    }
    InstanceRow row;
    row.run = instance.run;
    row.task = instance.task;
    row.window = instance.window;
    row.kind = instance.kind;
    if (instance.kind == RunKind::kReplay)
        row.number = others.empty() ? 1 : others.back().number + 1;
    row.by_image = instance.kind == RunKind::kReplay || later_claimed;
    row.job_version = instance.job_version;
    row.encoder_version = instance.encoder_version;
    row.job = instance.job;
    row.control = limits(instance.control);
    return Creation{{Created::kCreated, instance.run}, std::move(row)};
}

Status may_add_items(const InstanceRow& instance) {
    if (instance.state != InstanceState::kRunning) return misfit(instance, "add items to");
    if (instance.borders.empty()) return {};
    return fatal_error("cannot add items to " + named(instance) + ": its borders are recorded");
}

std::string digest(std::span<const ShardBorders> borders) {
    Sum128 sum;
    for (const ShardBorders& shard : borders) {
        for (const auto& [time_ms, border] : shard.borders) {
            std::string text;
            for (const std::string& field :
                 {shard.stream.text(), shard.shard.text(), std::to_string(time_ms), border.kind,
                  border.position, std::string(border.gave_records ? "1" : "0")}) {
                text += std::to_string(field.size()) + ":" + field;
            }
            sum.add(std::string_view(text));
        }
    }
    return sum.hex();
}

Status record_borders(InstanceRow& instance, const Tally& tally, const std::string& digest) {
    if (!instance.borders.empty()) {
        if (instance.borders == digest) return {};
        return fatal_error("the borders of " + named(instance) + " are recorded and are others");
    }
    if (instance.state != InstanceState::kRunning) return misfit(instance, "record borders of");
    MILLRACE_TRY(all_written(instance, tally, "record borders of"));
    instance.borders = digest;
    return {};
}

Status begin_commit(InstanceRow& instance, const Tally& tally, const std::string& intent) {
    if (intent.empty()) return fatal_error("the intent of " + named(instance) + " is empty");
    if (instance.state == InstanceState::kRunning) {
        if (instance.borders.empty()) {
            return fatal_error("cannot commit " + named(instance) +
                               ": its borders are not recorded");
        }
        MILLRACE_TRY(all_written(instance, tally, "commit"));
    } else if (instance.state != InstanceState::kCommitting) {
        return misfit(instance, "commit");
    }
    instance.state = InstanceState::kCommitting;
    instance.intent = intent;
    return {};
}

Status end_commit(InstanceRow& instance, const CommitResult& result) {
    const InstanceState state = instance.state;
    switch (result.step) {
        case CommitStep::kCommitted:
            if (state == InstanceState::kCommitted && instance.receipt == result.receipt) return {};
            if (state != InstanceState::kCommitting) return misfit(instance, "end the commit of");
            if (result.receipt.empty()) {
                return fatal_error("the receipt of " + named(instance) + " is empty");
            }
            instance.state = InstanceState::kCommitted;
            instance.receipt = result.receipt;
            return {};
        case CommitStep::kCleaned:
            if (state != InstanceState::kCommitted && state != InstanceState::kCleaned) {
                return misfit(instance, "clean up after");
            }
            instance.state = InstanceState::kCleaned;
            return {};
        case CommitStep::kRestage:
            if (state != InstanceState::kCommitting && state != InstanceState::kRunning) {
                return misfit(instance, "restage");
            }
            instance.state = InstanceState::kRunning;
            return {};
    }
    return fatal_error("unknown step of a commit");
}

Status close(InstanceRow& instance, InstanceState state, const std::string& reason) {
    if (state != InstanceState::kFailed && state != InstanceState::kCancelled) {
        return fatal_error("a run is closed as FAILED or CANCELLED, not as " +
                           std::string(name_of(state)));
    }
    if (instance.state == state && instance.reason == reason) return {};
    if (instance.state != InstanceState::kRunning) return misfit(instance, "close");
    instance.state = state;
    instance.reason = reason;
    return {};
}

Status reopen(InstanceRow& instance, const ReopenOptions& options,
              std::span<const RunOfWindow> others, bool later_claimed) {
    if (instance.state != InstanceState::kRunning && instance.state != InstanceState::kFailed) {
        return misfit(instance, "reopen");
    }
    for (const RunOfWindow& other : others) {
        if (other.run == instance.run || !active(other)) continue;
        return fatal_error("cannot reopen " + named(instance) + ": run " + other.run.text() +
                           " of the same window is " + std::string(name_of(other.state)));
    }
    const bool same = options.job_version == instance.job_version &&
                      options.encoder_version == instance.encoder_version;
    if (!same && !options.restart) {
        return fatal_error("cannot continue " + named(instance) +
                           ": the script or the encoder has changed, its items must start again");
    }
    instance.state = InstanceState::kRunning;
    instance.reason.clear();
    // Items that start again are due all at once, and what they wrote before may be newer than what
    // comes first now (P12).
    const bool written_before = options.restart && instance.claimed;
    instance.by_image = instance.by_image || later_claimed || written_before;
    instance.job_version = options.job_version;
    instance.encoder_version = options.encoder_version;
    instance.job = options.job;
    instance.control = limits(options.control);
    return {};
}

Status set_control(InstanceRow& instance, const RunControl& control) {
    if (instance.state != InstanceState::kRunning) return misfit(instance, "set the limits of");
    instance.control = limits(control);
    return {};
}

Status set_staging(InstanceRow& instance, const std::string& staging) {
    if (instance.state != InstanceState::kRunning) return misfit(instance, "set the staging of");
    instance.staging = staging;
    return {};
}

}  // namespace millrace::rules
