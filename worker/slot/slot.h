// A slot: claims one work item after the other and runs it.
#pragma once

#include <functional>
#include <stop_token>

#include "common/base/random.h"
#include "common/bus/bus.h"
#include "common/net/call.h"
#include "worker/lease/renewer.h"

namespace millrace {

// Runs a claimed item of the job it was made for. Used by several slots at once.
class ItemRunner {
  public:
    virtual ~ItemRunner() = default;
    // Only items of the runs that this runner knows: a ledger holds those of other jobs and windows
    // too.
    virtual bool takes(const RunId& run) const = 0;
    // `context` is bound to the claim's lease. Ok: the item is WRITTEN.
    virtual Status run(const Claimed& claimed, const CallContext& context) = 0;
    // New limits of the run.
    virtual void control(const RunControl& control) = 0;
};

struct SlotParts {
    StateStore& store;
    Bus& work;
    Bus& events;
    HttpClient& http;
    Clock& clock;
    Random& random;
    LeaseRenewer& leases;
    ItemRunner& runner;
    // Told of every item that failed; from the slot's thread.
    std::function<void(const Status&)> on_failure;
};

// Used by one thread.
class Slot {
  public:
    explicit Slot(SlotParts parts) : parts_(std::move(parts)) {}
    // Until stopped: answers doorbells, and looks into the ledger when none rings (P5).
    void work(std::stop_token stop);

  private:
    void look_for_work(std::stop_token stop);
    void try_item(const ItemId& item, std::stop_token stop);
    void work_on(const Claimed& claimed, MonoTime sent, std::stop_token stop);
    Status run(const Claimed& claimed, LeaseHold& hold);
    void settle(const Claimed& claimed, const Status& status);

    SlotParts parts_;
};

}  // namespace millrace
