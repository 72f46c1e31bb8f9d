#include "worker/window/meter.h"

#include "common/metrics/names.h"

namespace millrace {

void Meter::count_into(Registry& registry, const Clock& clock, const std::string& source,
                       const std::string& target) {
    clock_ = &clock;
    read_ = registry.counter(metric::kRecords, {source, target});
    source_bytes_ = registry.counter(metric::kSourceBytes, {source, target});
    rows_ = registry.counter(metric::kRows, {source, target});
    target_bytes_ = registry.counter(metric::kTargetBytes, {source, target});
    batches_ = registry.counter(metric::kBatches, {source, target});
    dirty_ = registry.counter(metric::kDirty, {source, target});
    acknowledge_ = registry.histogram(metric::kAcknowledge, {target});
    checkpoint_ = registry.histogram(metric::kCheckpoint);
}

void Meter::add(const Counts& counts) {
    records_ += counts.read;
    bytes_ += counts.source_bytes;
    read_.add(counts.read);
    source_bytes_.add(counts.source_bytes);
    rows_.add(counts.rows);
    target_bytes_.add(counts.output_bytes);
    dirty_.add(counts.quarantined);
}

}  // namespace millrace
