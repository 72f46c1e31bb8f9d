// Every metric of the product. docs/metrics.md is made of it.
#pragma once

#include "common/metrics/metric.h"

namespace millrace::metric {

// In the order of this file.
std::span<const Metric* const> all();

using enum MetricType;

// ---- what is to be done (coordinator)
inline constexpr Metric kWindows{
    "millrace_windows", kGauge, {"state"}, "coordinator", "Runs (a window each) by state."};
inline constexpr Metric kItems{
    "millrace_items", kGauge, {"state"}, "coordinator", "Work items of open runs by state."};
inline constexpr Metric kRunsWaiting{
    "millrace_runs_waiting",
    kGauge,
    {},
    "coordinator",
    "Open runs that wait for a place among those that are driven."};
inline constexpr Metric kShardLag{
    "millrace_shard_lag_seconds",
    kGauge,
    {"task", "shard"},
    "coordinator",
    "How far the end of what was written lies behind now, the longest lags by name."};
inline constexpr Metric kRetentionLeft{
    "millrace_stream_retention_left_seconds",
    kGauge,
    {"task"},
    "coordinator",
    "Until the stream forgets the beginning of the oldest window that is not committed."};
inline constexpr Metric kRunsEnded{"millrace_runs_ended_total",
                                   kCounter,
                                   {"state"},
                                   "coordinator",
                                   "Runs that came to an end, by how."};

// ---- the ledger and who holds it (coordinator)
inline constexpr Metric kActive{"millrace_coordinator_active",
                                kGauge,
                                {},
                                "coordinator",
                                "1 while this coordinator acts, 0 while it stands by."};
inline constexpr Metric kCatalogAppend{"millrace_catalog_append_seconds",
                                       kHistogram,
                                       {},
                                       "coordinator",
                                       "One transaction of the catalog, from begin to commit."};
inline constexpr Metric kRebuilds{"millrace_rebuilds_total",
                                  kCounter,
                                  {},
                                  "coordinator",
                                  "Rebuilds of the live ledger from the catalog after a loss."};
inline constexpr Metric kTakeOvers{"millrace_takeovers_total",
                                   kCounter,
                                   {},
                                   "coordinator",
                                   "Times that this coordinator took over from another one."};
inline constexpr Metric kWorkers{
    "millrace_workers", kGauge, {}, "coordinator", "Workers that were heard of lately."};
inline constexpr Metric kSlots{
    "millrace_slots",
    kGauge,
    {"state"},
    "both",
    "Slots, busy and free: a worker's own; of a coordinator those of all workers."};

// ---- what is done (worker)
inline constexpr Metric kRecords{"millrace_records_total",
                                 kCounter,
                                 {"source", "target"},
                                 "worker",
                                 "Records read and checkpointed, by reader and writer."};
inline constexpr Metric kSourceBytes{"millrace_source_bytes_total",
                                     kCounter,
                                     {"source", "target"},
                                     "worker",
                                     "Encoded bytes of these records."};
inline constexpr Metric kRows{"millrace_target_rows_total",
                              kCounter,
                              {"source", "target"},
                              "worker",
                              "Rows that the target acknowledged."};
inline constexpr Metric kTargetBytes{"millrace_target_bytes_total",
                                     kCounter,
                                     {"source", "target"},
                                     "worker",
                                     "Bytes that the target acknowledged."};
inline constexpr Metric kBatches{"millrace_batches_total",
                                 kCounter,
                                 {"source", "target"},
                                 "worker",
                                 "Batches that the target acknowledged."};
inline constexpr Metric kDirty{"millrace_records_dirty_total",
                               kCounter,
                               {"source", "target"},
                               "worker",
                               "Records that went into the quarantine."};
inline constexpr Metric kAcknowledge{"millrace_batch_acknowledge_seconds",
                                     kHistogram,
                                     {"target"},
                                     "worker",
                                     "Waiting for the target after a batch was sent and the next "
                                     "one was encoded."};
inline constexpr Metric kCheckpoint{
    "millrace_checkpoint_seconds", kHistogram, {}, "worker", "One checkpoint into the ledger."};
inline constexpr Metric kRetries{"millrace_retries_total",
                                 kCounter,
                                 {"code"},
                                 "both",
                                 "Requests that were sent again, by the code that they met."};
inline constexpr Metric kLeasesHeld{
    "millrace_leases_held", kGauge, {}, "worker", "Leases that this worker holds now."};
inline constexpr Metric kLeasesLost{"millrace_leases_lost_total",
                                    kCounter,
                                    {},
                                    "worker",
                                    "Leases that ended before their item did."};
inline constexpr Metric kWritesFenced{
    "millrace_writes_fenced_total",
    kCounter,
    {},
    "worker",
    "Calls that the ledger refused because another claim holds the item."};
inline constexpr Metric kItemsEnded{"millrace_items_ended_total",
                                    kCounter,
                                    {"end"},
                                    "worker",
                                    "Claimed items by how the claim ended: written, parked, "
                                    "released, lost."};

// ---- the bus and the API
inline constexpr Metric kQueueDepth{
    "millrace_queue_depth", kGauge, {"queue"}, "both", "Messages that wait in a queue."};
inline constexpr Metric kDoorbellsDropped{
    "millrace_doorbells_dropped_total",
    kCounter,
    {"reason"},
    "both",
    "Messages of the bus that were not acted upon: the ledger says what is to be done."};
inline constexpr Metric kApiRequests{"millrace_api_requests_total",
                                     kCounter,
                                     {"route", "status"},
                                     "coordinator",
                                     "Requests to the API by route and status."};
inline constexpr Metric kApiSeconds{"millrace_api_request_seconds",
                                    kHistogram,
                                    {"route"},
                                    "coordinator",
                                    "Time of such a request, without the waiting of a log that "
                                    "is followed."};

}  // namespace millrace::metric
