// Bulk fills: a history of changes over a past time span that is generated from its seed whenever
// it is read, so that a million records cost no memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/standin/database.h"

namespace millrace::standin {

struct FillSpec {
    std::string table;
    uint64_t changes = 1000;
    uint64_t seed = 1;
    uint64_t put = 60, update = 30, remove = 10;  // shares
    uint64_t keys = 100;                          // how many different rows
    std::string key_prefix = "k";
    int cells = 4;  // columns c0, c1, ... unless `columns` names them
    std::vector<std::string> columns;
    size_t value_bytes = 20;  // of a text or binary value; "mixed" texts are up to that long
    bool mixed_text = false;  // Chinese, quotes, delimiters, newlines, empty values, missing cells
    bool all_types = false;   // columns are string, integer, double, boolean, binary in turn
    uint64_t delete_all = 5;  // percent of an update's cells that are deleted
    uint64_t delete_one = 0;  // percent that lose one version
    std::map<std::string, std::vector<std::string>> texts;  // column -> the values it takes
    int64_t from_ms = 0, to_ms = 0;                         // [from, to), both in the past
    uint64_t per_ms = 1;               // records of a shard in one millisecond (more if needed)
    std::vector<int64_t> split_at_ms;  // the widest shard splits then
    uint32_t epoch_steps = 1;          // runs of rising epochs; each goes back by back_ms
    int64_t back_ms = 0;

    // Throws OTSParameterInvalid for unknown names.
    static FillSpec parse(const nlohmann::json& json);
};

// Adds the history to the table's stream and rows. Throws OtsError.
void fill(Database& database, const FillSpec& spec);

}  // namespace millrace::standin
