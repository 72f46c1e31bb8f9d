// Owners that have lost an item and may be writing still: MaxCompute takes a block as long as the
// signature of its request is good, whoever holds the item by then.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "common/store/state_store.h"

namespace millrace {

// Pure: no clock. Used by one thread. Times are on the coordinator's own monotonic clock, because
// the one of the ledger's deadlines may be another; so what a former coordinator saw counts for
// nothing, and the time begins anew.
class LateWriters {
  public:
    // A signature is good for 15 min, and clocks may differ a little.
    static constexpr Duration kPatience = std::chrono::minutes(15) + std::chrono::seconds(150);

    explicit LateWriters(Duration patience = kPatience) : patience_(patience) {}

    // The items of the run as the ledger shows them at `now`.
    void saw(const std::vector<ItemView>& items, MonoTime now);
    // From when on nobody but the owners that were acknowledged has written. None: nobody else ever
    // could.
    std::optional<MonoTime> over() const;

  private:
    struct Abandoned {
        Epoch epoch{};
        MonoTime seen;
    };
    const Duration patience_;
    std::map<ItemId, Abandoned> items_;
};

}  // namespace millrace
