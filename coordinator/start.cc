#include "coordinator/start.h"

#include <algorithm>

#include "common/base/planted_bug.h"
#include "coordinator/joined.h"

namespace millrace {
namespace {

bool is_active(const InstanceView& i) {
    return i.state == InstanceState::kRunning || i.state == InstanceState::kCommitting;
}

StartDecision refuse(std::string text) {
    StartDecision decision;
    decision.kind = StartDecision::Kind::kRefuse;
    decision.text = std::move(text);
    return decision;
}

StartDecision go_on(StartDecision::Kind kind, const InstanceView& instance) {
    StartDecision decision;
    decision.kind = kind;
    decision.run = instance.run;
    decision.run_kind = instance.kind;
    decision.window = instance.window;
    return decision;
}

// What has happened to exactly this window decides first.
std::optional<StartDecision> same_window(const std::vector<InstanceView>& history,
                                         const StartRequest& request) {
    const InstanceView* committed = nullptr;
    const InstanceView* failed = nullptr;
    const InstanceView* cancelled = nullptr;
    for (const InstanceView& instance : history) {
        if (instance.window != request.window) continue;
        if (is_active(instance)) return go_on(StartDecision::Kind::kResume, instance);
        if (is_committed(instance)) committed = &instance;
        if (instance.state == InstanceState::kFailed) failed = &instance;
        if (instance.state == InstanceState::kCancelled) cancelled = &instance;
    }
    if (committed && !request.replay) return go_on(StartDecision::Kind::kDone, *committed);
    if (failed && (!committed || failed->number > committed->number)) {
        return go_on(StartDecision::Kind::kResume, *failed);
    }
    // The ledger has one first run of a window.
    if (!committed && cancelled) {
        return refuse("run " + cancelled->run.text() + " of window " + to_text(request.window) +
                      " was cancelled: give the job another --name to run it all the same");
    }
    if (!committed && request.replay) {
        return refuse("window " + to_text(request.window) +
                      " was never committed: run it without --replay");
    }
    return std::nullopt;
}

std::optional<StartDecision> neighbours(const std::vector<InstanceView>& history,
                                        const StartRequest& request, std::string& warning) {
    for (const InstanceView& other : history) {
        if (other.window == request.window || other.state == InstanceState::kCancelled) continue;
        // It writes nothing that its windows have not written, within borders that are recorded.
        if (is_joined(other, history)) continue;
        const bool failed = other.state == InstanceState::kFailed;
        const bool overlaps =
            other.window.start < request.window.end && request.window.start < other.window.end;
        if (overlaps && !failed) {
            const std::string text = "window " + to_text(request.window) + " overlaps window " +
                                     to_text(other.window) + " of the same task";
            if (!request.may_overlap) {
                return refuse(text +
                              ": rows would be written twice; choose a window that begins at "
                              "or after its end, or give the job another --name");
            }
            warning = text + "; rows of both are written";
        }
        // P1: this window begins where that one ends, and its end is not known yet.
        const bool open = is_active(other) || (failed && !other.borders_recorded);
        if (other.window.end == request.window.start && open &&
            !planted(PlantedBug::kWindowBeforeBorders)) {
            return refuse(
                "window " + to_text(other.window) +
                " of the same task is not finished: run it first (with --errorLimit if it "
                "failed for dirty records)");
        }
        if (request.keyed_target && is_active(other) && other.window.start >= request.window.end) {
            return refuse("the later window " + to_text(other.window) +
                          " of the same task has begun and is not finished: run it first");
        }
    }
    return std::nullopt;
}

}  // namespace

StartDecision decide_start(const std::vector<InstanceView>& history, const StartRequest& request) {
    if (auto decided = same_window(history, request)) return *decided;
    StartDecision decision;
    if (auto refused = neighbours(history, request, decision.text)) return *refused;
    decision.run_kind = request.replay ? RunKind::kReplay : RunKind::kFirst;
    decision.window = request.window;
    return decision;
}

StartDecision decide_joined(const std::vector<InstanceView>& history, const Window& window) {
    StartDecision decision;
    decision.run_kind = RunKind::kReplay;
    decision.window = window;
    const InstanceView* last = nullptr;  // of the same windows
    for (const InstanceView& other : history) {
        const bool same = other.window == window;
        if (same && is_active(other)) return go_on(StartDecision::Kind::kResume, other);
        if (same && (is_committed(other) || other.state == InstanceState::kFailed)) last = &other;
        if (other.state == InstanceState::kCommitting) {
            return refuse("run " + other.run.text() + " of window " + to_text(other.window) +
                          " is being committed: replay when it is done");
        }
        const bool overlaps = other.window.start < window.end && window.start < other.window.end;
        if (overlaps && is_active(other) && is_joined(other, history)) {
            decision.outgrown.push_back(other.run);
        }
    }
    if (last && last->state == InstanceState::kFailed) {
        return go_on(StartDecision::Kind::kResume, *last);
    }
    return decision;
}

StartDecision decide_transfer(const std::vector<InstanceView>& history,
                              const StartRequest& request) {
    if (request.replay) {
        return refuse("a whole transfer has no window to replay: every run carries all again");
    }
    for (const InstanceView& instance : history) {
        if (is_active(instance)) return go_on(StartDecision::Kind::kResume, instance);
    }
    if (!history.empty() && history.back().state == InstanceState::kFailed &&
        request.window.start - history.back().window.start < std::chrono::hours(24)) {
        return go_on(StartDecision::Kind::kResume, history.back());
    }
    StartDecision decision;
    decision.window = request.window;
    return decision;
}

std::optional<MillisPoint> last_committed_end(const std::vector<InstanceView>& history) {
    std::optional<MillisPoint> end;
    for (const InstanceView& instance : history) {
        if (is_committed(instance) && (!end || instance.window.end > *end))
            end = instance.window.end;
    }
    return end;
}

std::optional<MillisPoint> next_start(const std::vector<InstanceView>& history) {
    if (const auto end = last_committed_end(history)) return end;
    std::optional<MillisPoint> first;
    for (const InstanceView& instance : history) {
        if (instance.state == InstanceState::kCancelled) continue;
        if (!first || instance.window.start < *first) first = instance.window.start;
    }
    return first;
}

std::string to_text(const Window& window) {
    return "[" + to_iso8601(window.start) + ", " + to_iso8601(window.end) + ")";
}

}  // namespace millrace
