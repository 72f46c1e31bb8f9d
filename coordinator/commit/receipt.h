// The receipt of a committed instance (docs/receipts.md): what was read, what was written, and the
// sums that `verify` compares.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/store/state_store.h"

namespace millrace {

struct ReceiptFacts {
    InstanceView instance;
    std::vector<ItemView> items;
    StreamId stream;
    nlohmann::json source;                   // {"endpoint","instance","table","mode"}
    std::vector<nlohmann::json> quarantine;  // without record contents
    std::vector<std::string> notes;
    nlohmann::json meta;  // what differs between two runs of the same work
};

// Everything but what the target adds (TargetCommit::describe). Fails when the counts do not
// balance: such a run must not be called done.
Result<nlohmann::json> make_receipt(const ReceiptFacts& facts);

nlohmann::json counts_form(const Counts& counts);

}  // namespace millrace
