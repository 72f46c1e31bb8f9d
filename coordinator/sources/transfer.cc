#include "coordinator/sources/transfer.h"

#include <nlohmann/json.hpp>

#include "common/base/crash_point.h"

namespace millrace {

using nlohmann::json;

Status TransferSide::drive(const ItemDriverParts& parts, const DriveRequest& request) {
    const RunId& run = request.instance.run;
    MILLRACE_ASSIGN(const std::vector<ItemView> known, parts.store.items(run));
    if (known.empty()) {
        MILLRACE_ASSIGN(const std::vector<ListedItem> listed, list());
        std::vector<NewItem> items;
        for (const ListedItem& item : listed) {
            items.push_back(
                {ItemId(run.text() + "/" + std::to_string(items.size())), item.shard, item.start});
        }
        MILLRACE_TRY(parts.store.add_items(run, items));
        crash_point("after_add_item");
    }
    ItemDriver driver(parts, nullptr, request.instance, {.within_borders = true},
                      request.dirty_records_max);
    return driver.run();
}

Result<json> TransferSide::preview() {
    MILLRACE_ASSIGN(const std::vector<ListedItem> listed, list());
    json shards = json::array();
    for (const ListedItem& item : listed) {
        shards.push_back({{"shard", item.shard.text()}, {"parents", json::array()}});
    }
    return shards;
}

}  // namespace millrace
