// A MaxCompute table or partition against the receipts of all runs that are in it: the number of
// rows and the sum of their records.
#pragma once

#include "common/base/hash128.h"
#include "common/services/maxcompute/client.h"
#include "worker/verify/verify.h"

namespace millrace {

// Rows of records as their writer made them (P10), whatever form the service gives them back in.
struct RecordSums {
    uint64_t rows = 0;
    Sum128 sum;
};

// `columns` are those of the stream, `numbers` theirs in the table, from 1. kCorrupt as the reader.
Status add_records(std::span<const maxcompute::Column> columns, std::span<const uint32_t> numbers,
                   std::string_view stream, RecordSums& sums);

// What the partition must hold: the receipts of the task's runs into it, from the last one on that
// overwrote it. By which run the receipt itself was replaced, when it is before that one.
struct ExpectedPartition {
    RecordSums sums;
    std::vector<std::string> runs;
    std::string replaced_by;
    bool overwritten = false;  // false: what was there before the task is not known
};
ExpectedPartition expected_partition(const VerifyRequest& request);

Result<Verification> verify_odps_partition(const VerifyRequest& request);

}  // namespace millrace
