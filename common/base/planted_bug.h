// Mistakes that the simulator must find, each at the line that keeps its rule. In the product none
// of them exists: there planted() is a constant.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace millrace {

enum class PlantedBug : uint8_t {
    kNone,
    kWindowBeforeBorders,
    kSharedNumbers,
    kCommittingRestarted,
    kCheckpointBeforeAcknowledgement,
    kCheckpointWithoutEpoch,
    kInclusiveEnd,
    kFilterAfterKnownStart,
    kChildBeforeParent,
    kPartialBulkTaken,
    kLeaseByWallClock,
    kSecondSession,
    kEpochsFromZero,
    kLastBatchDropped,
};

inline constexpr std::array<std::pair<std::string_view, PlantedBug>, 13> kPlantedBugs = {{
    {"window-before-borders", PlantedBug::kWindowBeforeBorders},
    {"shared-numbers", PlantedBug::kSharedNumbers},
    {"committing-restarted", PlantedBug::kCommittingRestarted},
    {"checkpoint-before-acknowledgement", PlantedBug::kCheckpointBeforeAcknowledgement},
    {"checkpoint-without-epoch", PlantedBug::kCheckpointWithoutEpoch},
    {"inclusive-end", PlantedBug::kInclusiveEnd},
    {"filter-after-known-start", PlantedBug::kFilterAfterKnownStart},
    {"child-before-parent", PlantedBug::kChildBeforeParent},
    {"partial-bulk-taken", PlantedBug::kPartialBulkTaken},
    {"lease-by-wall-clock", PlantedBug::kLeaseByWallClock},
    {"second-session", PlantedBug::kSecondSession},
    {"epochs-from-zero", PlantedBug::kEpochsFromZero},
    {"last-batch-dropped", PlantedBug::kLastBatchDropped},
}};

// Two names, so that code of both kinds may meet in one program.
#ifdef MILLRACE_PLANTED_BUGS
inline namespace with_planted_bugs {
inline PlantedBug planted_bug = PlantedBug::kNone;
inline bool planted(PlantedBug bug) {
    return planted_bug == bug;
}
}  // namespace with_planted_bugs
#else
inline namespace without_planted_bugs {
constexpr bool planted(PlantedBug) {
    return false;
}
}  // namespace without_planted_bugs
#endif

}  // namespace millrace
