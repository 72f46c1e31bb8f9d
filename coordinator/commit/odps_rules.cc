#include "coordinator/commit/odps_rules.h"

#include <algorithm>

#include "coordinator/commit/odps_intent.h"
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

}  // namespace

std::vector<Window> sharing_windows(const InstanceView& instance,
                                    const std::vector<InstanceView>& instances,
                                    const OdpsPartition& partition) {
    std::vector<Window> sharing;
    for (const InstanceView& other : instances) {
        const bool committed =
            other.state == InstanceState::kCommitted || other.state == InstanceState::kCleaned;
        if (!committed || other.window == instance.window || other.run == instance.run) continue;
        const Result<OdpsIntent> intent = parse_odps_intent(other.intent);
        if (!intent.ok() || intent->partition != partition) continue;
        if (sharing.empty() || sharing.back() != other.window) sharing.push_back(other.window);
    }
    return sharing;
}

Result<bool> decide_overwrite(const OdpsWriterConfig& config, const InstanceView& instance,
                              const std::vector<Window>& sharing) {
    const bool replay = instance.kind == RunKind::kReplay;
    if (!config.truncate) {
        if (!replay || is_moment(instance.window)) return false;
        return config_error("window " + to_text(instance.window) +
                            " cannot be replayed: with \"truncate\": false its rows would be in "
                            "the table twice");
    }
    if (is_moment(instance.window)) return true;
    if (!replay) return config.truncate_scope == TruncateScope::kInstance || sharing.empty();
    std::vector<Window> lost = sharing;
    // Where every window overwrites, only later ones are in the partition.
    if (config.truncate_scope == TruncateScope::kInstance) {
        std::erase_if(lost,
                      [&](const Window& other) { return other.start < instance.window.start; });
    }
    if (lost.empty()) return true;
    return config_error("window " + to_text(instance.window) +
                        " cannot be replayed alone: its partition also holds " + listed(lost) +
                        ", whose rows the replay would remove; all windows of a partition cannot "
                        "be replayed in one session yet");
}

}  // namespace millrace
