#include "coordinator/commit/odps_rules.h"

#include <algorithm>

#include "coordinator/joined.h"
#include "coordinator/start.h"

namespace millrace {
namespace {

constexpr size_t kNamedMax = 5;

std::string listed(const std::vector<Window>& windows) {
    std::string text;
    for (size_t i = 0; i < std::min(windows.size(), kNamedMax); ++i) {
        text += (i > 0 ? ", " : "") + to_text(windows[i]);
    }
    if (windows.size() > kNamedMax) {
        text += " and " + std::to_string(windows.size() - kNamedMax) + " more";
    }
    return text;
}

Status only_adds(const Window& window) {
    return config_error("window " + to_text(window) +
                        " cannot be replayed: with \"truncate\": false its rows would be in the "
                        "table twice");
}

// Of runs that join windows the one with the most is the newest: windows never leave a partition.
bool is_newer(const InstanceView& run, const InstanceView& than) {
    const auto length = [](const Window& window) { return window.end - window.start; };
    return std::pair(length(run.window), run.number) > std::pair(length(than.window), than.number);
}

}  // namespace

std::vector<HeldWindow> windows_in(const std::vector<InstanceView>& history,
                                   const OdpsPartition& partition) {
    std::vector<HeldWindow> held;
    const InstanceView* joined = nullptr;
    for (const InstanceView& run : history) {
        if (!is_committed(run)) continue;
        const Result<OdpsIntent> intent = parse_odps_intent(run.intent);
        if (!intent.ok() || intent->partition != partition) continue;
        if (is_joined(run, history)) {
            if (!joined || is_newer(run, *joined)) joined = &run;
        } else if (!held.empty() && held.back().window == run.window) {
            held.back().run = run.run;
        } else {
            held.push_back({run.window, run.run});
        }
    }
    std::sort(held.begin(), held.end(), [](const HeldWindow& a, const HeldWindow& b) {
        return a.window.start < b.window.start;
    });
    for (HeldWindow& one : held) {
        const bool inside = joined && one.window.start >= joined->window.start &&
                            one.window.end <= joined->window.end;
        if (inside) one.run = joined->run;
    }
    return held;
}

Result<bool> decide_overwrite(const OdpsWriterConfig& config, const InstanceView& instance,
                              const std::vector<HeldWindow>& held) {
    const bool replay = instance.kind == RunKind::kReplay;
    if (!config.truncate) {
        if (!replay || is_moment(instance.window)) return false;
        return only_adds(instance.window);
    }
    if (is_moment(instance.window)) return true;
    const bool each_time = config.truncate_scope == TruncateScope::kInstance;
    std::vector<Window> others;
    for (const HeldWindow& other : held) {
        if (other.window == instance.window) continue;
        // Where every window overwrites, only later ones are in the partition.
        if (replay && each_time && other.window.start < instance.window.start) continue;
        others.push_back(other.window);
    }
    if (!replay) return each_time || others.empty();
    if (others.empty()) return true;
    return config_error("window " + to_text(instance.window) +
                        " cannot be replayed alone: its partition also holds " + listed(others) +
                        ", whose rows the replay would remove; " +
                        (each_time ? "they have replaced it, as \"truncateScope\" says"
                                   : "--whole-partition replays all of them together"));
}

Result<Window> joined_window(const OdpsWriterConfig& config, const std::vector<HeldWindow>& held) {
    const Window joined{held.front().window.start, held.back().window.end};
    if (!config.truncate) return only_adds(joined);
    if (config.truncate_scope == TruncateScope::kInstance) {
        return config_error(
            "--whole-partition: with \"truncateScope\": \"instance\" a partition holds its last "
            "window only, " +
            to_text(held.back().window) + ": replay that one");
    }
    std::vector<Window> missing;
    for (size_t i = 1; i < held.size(); ++i) {
        const Window gap{held[i - 1].window.end, held[i].window.start};
        if (gap.start != gap.end) missing.push_back(gap);
    }
    if (missing.empty()) return joined;
    return config_error("--whole-partition: between the windows of partition from " +
                        to_iso8601(joined.start) + " to " + to_iso8601(joined.end) + " " +
                        listed(missing) +
                        " is missing: it was not committed, or into another partition; run it "
                        "first");
}

Status check_joined(const OdpsWriterConfig& config, const InstanceView& instance,
                    const std::vector<HeldWindow>& held) {
    const bool here = std::any_of(held.begin(), held.end(), [&](const HeldWindow& one) {
        return one.window.start >= instance.window.start && one.window.end <= instance.window.end;
    });
    if (!here) {
        return config_error("none of the windows in " + to_text(instance.window) +
                            " is in partition \"" + to_text(config.partition) +
                            "\", which the script names");
    }
    const Result<Window> now = joined_window(config, held);
    if (now.ok() && *now == instance.window) return {};
    return Status(Code::kSourceChanged,
                  "other windows were committed into the partition while those in " +
                      to_text(instance.window) + " were replayed: all must be replayed together");
}

}  // namespace millrace
