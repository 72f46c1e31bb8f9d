#include "common/metrics/names.h"

namespace millrace {

std::string_view name_of(MetricType type) {
    switch (type) {
        case MetricType::kCounter: return "counter";
        case MetricType::kGauge: return "gauge";
        case MetricType::kHistogram: return "histogram";
    }
    return "?";
}

namespace metric {

std::span<const Metric* const> all() {
    static constexpr const Metric* kAll[] = {&kWindows,     &kItems,         &kRunsWaiting,
                                             &kShardLag,    &kRetentionLeft, &kRunsEnded,
                                             &kActive,      &kCatalogAppend, &kRebuilds,
                                             &kTakeOvers,   &kWorkers,       &kSlots,
                                             &kRecords,     &kSourceBytes,   &kRows,
                                             &kTargetBytes, &kBatches,       &kDirty,
                                             &kAcknowledge, &kCheckpoint,    &kRetries,
                                             &kLeasesHeld,  &kLeasesLost,    &kWritesFenced,
                                             &kItemsEnded,  &kQueueDepth,    &kDoorbellsDropped,
                                             &kApiRequests, &kApiSeconds};
    return kAll;
}

}  // namespace metric
}  // namespace millrace
