// Answers and views of a ledger as text, to compare stores with each other.
#pragma once

#include <string>

#include "common/store/state_store.h"

namespace millrace {

std::string to_text(const Status& status);
std::string to_text(const CreateOutcome& outcome);
std::string to_text(const Claimed& claimed);
std::string to_text(const RunControl& control);
std::string to_text(const Range& range);

template <typename T>
std::string to_text(const Result<T>& result) {
    return result.ok() ? to_text(*result) : to_text(result.status());
}

// Every view of the ledger over the ids that a random sequence uses.
struct Universe {
    std::vector<TaskId> tasks;
    std::vector<RunId> runs;
    std::vector<StreamId> streams;
    std::vector<ShardId> shards;
    std::vector<int64_t> times_ms;
};
std::string all_views(StateStore& store, const Universe& universe);

}  // namespace millrace
