// What the commit of an instance will do to a MaxCompute table: one upload session becomes visible.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/staging.h"
#include "common/store/state_store.h"

namespace millrace {

struct OdpsBlock {
    ItemId item;
    ShardId shard;
    uint32_t block = 0;
    uint64_t rows = 0;
    uint64_t bytes = 0;
    Sum128 sum;
};

// A window whose rows are in a partition, and the run that has written them last.
struct HeldWindow {
    Window window;
    RunId run;
    bool operator==(const HeldWindow&) const = default;
};

struct OdpsIntent {
    std::string session;
    maxcompute::PartitionSpec partition;
    bool overwrite = false;
    std::vector<OdpsBlock> blocks;  // by block number
    // Blocks of lost attempts that the session holds: empty blocks are written over them.
    std::vector<uint32_t> strays;
    // Of a replay of a whole partition: what it replaces, by window start.
    std::vector<HeldWindow> replaced;

    // All numbers that the closed session holds, ascending.
    std::vector<uint32_t> numbers() const;
};

// The blocks that the items have staged. kNotFound: some of them lie in another session, all items
// start again; kFatal: a number came twice.
Result<std::vector<OdpsBlock>> staged_blocks(const std::vector<ItemView>& items,
                                             const std::string& session);

nlohmann::json to_json(const OdpsIntent& intent);
Result<OdpsIntent> parse_odps_intent(const std::string& json);

}  // namespace millrace
