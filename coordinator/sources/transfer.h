// Transfers of all that is there: a whole table, objects, partitions. Their items are listed once,
// when the run begins.
#pragma once

#include "coordinator/sources/source_side.h"

namespace millrace {

struct ListedItem {
    ShardId shard;      // names the piece for people: a range of keys, an object, a slice
    std::string start;  // JSON for the worker's source
};

class TransferSide : public SourceSide {
  public:
    // Goes on with what was not finished, else begins anew.
    StartDecision decide(const std::vector<InstanceView>& history,
                         const StartRequest& request) const final {
        return decide_transfer(history, request);
    }
    Status settle(const Window&, const Say&) final { return {}; }
    Status drive(const ItemDriverParts& parts, const DriveRequest& request) final;
    Result<nlohmann::json> preview() final;

  protected:
    // The items of a run that begins now, at least one, with different shard ids.
    virtual Result<std::vector<ListedItem>> list() = 0;
};

}  // namespace millrace
