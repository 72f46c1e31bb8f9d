// The objects of one item, one after the other, and the numbers of their parts.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/services/oss/client.h"
#include "common/services/oss/names.h"
#include "common/services/oss/staging.h"
#include "common/store/state_store.h"

namespace millrace {

// Numbers from the ledger that no other epoch ever gets.
using ReserveParts = std::function<Result<Range>(uint32_t count)>;

// Used by one thread.
class ItemObjects {
  public:
    // `client` outlives this object.
    ItemObjects(oss::Client& client, oss::Naming naming, ShardId shard, ReserveParts reserve)
        : client_(client),
          naming_(std::move(naming)),
          shard_(std::move(shard)),
          reserve_(std::move(reserve)) {}

    // Goes on where the ledger's staging and parts end; the first object when both are empty.
    Status restore(const std::string& staging, const std::vector<Part>& parts);

    // The open object, or the number of the next. Only its `rows` and `bytes` are the caller's.
    oss::Staging& open() { return open_; }
    const oss::Staging& open() const { return open_; }
    bool begun() const { return !open_.upload.empty(); }

    // Of the next part in the open object, which is begun when it must be.
    Result<uint32_t> next_number();
    // The open object has all its parts.
    void roll() { open_ = {.object = open_.object + 1}; }

  private:
    Status begin_object(uint32_t first_number);

    oss::Client& client_;
    const oss::Naming naming_;
    const ShardId shard_;
    const ReserveParts reserve_;
    oss::Staging open_;
};

}  // namespace millrace
