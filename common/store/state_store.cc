#include "common/store/state_store.h"

namespace millrace {

std::string_view name_of(RunKind kind) {
    switch (kind) {
        case RunKind::kFirst: return "first";
        case RunKind::kReplay: return "replay";
    }
    return "?";
}

std::string_view name_of(InstanceState state) {
    switch (state) {
        case InstanceState::kRunning: return "RUNNING";
        case InstanceState::kCommitting: return "COMMITTING";
        case InstanceState::kCommitted: return "COMMITTED";
        case InstanceState::kCleaned: return "CLEANED";
        case InstanceState::kFailed: return "FAILED";
        case InstanceState::kCancelled: return "CANCELLED";
    }
    return "?";
}

std::string_view name_of(ItemState state) {
    switch (state) {
        case ItemState::kReady: return "READY";
        case ItemState::kClaimed: return "CLAIMED";
        case ItemState::kWritten: return "WRITTEN";
        case ItemState::kParked: return "PARKED";
    }
    return "?";
}

std::string_view name_of(EndKind kind) {
    switch (kind) {
        case EndKind::kBorder: return "border";
        case EndKind::kShardEnd: return "shard_end";
    }
    return "?";
}

bool Counts::balanced() const {
    return read ==
           acknowledged + quarantined + dropped_delete_in_row_mode + dropped_no_configured_column;
}

void Counts::add(const Counts& other) {
    read += other.read;
    put += other.put;
    update += other.update;
    remove += other.remove;
    acknowledged += other.acknowledged;
    quarantined += other.quarantined;
    dropped_delete_in_row_mode += other.dropped_delete_in_row_mode;
    dropped_no_configured_column += other.dropped_no_configured_column;
    rows += other.rows;
    rows_dirty += other.rows_dirty;
    source_bytes += other.source_bytes;
    output_bytes += other.output_bytes;
}

}  // namespace millrace
