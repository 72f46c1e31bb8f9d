// What the ledger keeps of a run's upload session and of an item's blocks: written by one side,
// read by both.
#pragma once

#include <string>
#include <vector>

#include "common/base/hash128.h"
#include "common/base/status.h"
#include "common/services/maxcompute/partition.h"
#include "common/services/maxcompute/types.h"

namespace millrace::maxcompute {

// The run's staging: one upload session that all its items write into.
struct RunStaging {
    std::string session;
    PartitionSpec partition;      // as the table's keys name and order it
    bool overwrite = false;       // the session's commit replaces the partition
    std::vector<Column> columns;  // of the table, when the session was made

    std::string json() const;
    static Result<RunStaging> parse(const std::string& json);
    bool operator==(const RunStaging&) const = default;
};

// Part::data: one block that the service has taken.
struct StagedBlock {
    std::string session;
    uint32_t block = 0;
    uint64_t rows = 0;
    uint64_t bytes = 0;
    Sum128 sum;  // of its records

    std::string json() const;
    static Result<StagedBlock> parse(const std::string& json);
    bool operator==(const StagedBlock&) const = default;
};

// Blocks of a session are numbered below this.
constexpr uint32_t kBlocksMax = 20'000;

}  // namespace millrace::maxcompute
