// Doorbells: messages that say that an item is due. The ledger is the truth (P5).
#pragma once

#include <optional>
#include <string>

#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/base/time.h"

namespace millrace {

struct Doorbell {
    RunId run;
    ItemId item;
    std::string label;  // resource group whose workers may take it; empty = any worker
    bool operator==(const Doorbell&) const = default;
};

// Thread-safe. May lose, double and delay messages; nobody may rely on a doorbell.
class Bus {
  public:
    virtual ~Bus() = default;
    virtual Status publish(const Doorbell& doorbell) = 0;
    // Waits up to `timeout`; nothing = none came.
    virtual Result<std::optional<Doorbell>> poll(Duration timeout) = 0;
};

}  // namespace millrace
