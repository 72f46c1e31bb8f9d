// A slot: claims one work item after the other and runs it.
#pragma once

#include <functional>
#include <stop_token>

#include "common/base/random.h"
#include "common/bus/bus.h"
#include "common/metrics/registry.h"
#include "common/net/call.h"
#include "worker/lease/leases.h"

namespace millrace {

// Runs claimed items of the runs that it knows. Used by several slots at once.
class ItemRunner {
  public:
    virtual ~ItemRunner() = default;
    // Only items of the runs that this runner knows: a ledger holds those of other jobs and windows
    // too.
    virtual bool takes(const RunId& run) = 0;
    // `context` is bound to the claim's lease. Ok: the item is WRITTEN.
    virtual Status run(const Claimed& claimed, const CallContext& context) = 0;
    // New limits of a run of which an item is held here.
    virtual void control(const RunId& run, const RunControl& control) = 0;
};

struct SlotSettings {
    // An idle slot asks the ledger for due items this often (P5).
    Duration look_every = std::chrono::milliseconds(500);
    // What another attempt may mend gives the item back as an attempt, for any worker; after five
    // without progress the ledger parks it. Otherwise every failure parks its item at once.
    bool attempts = false;
    // The ledger is looked into at once. Within one process the first doorbell rings when the run
    // is prepared, and nothing may be taken before.
    bool look_at_start = false;
};

// How claims ended, for the metrics of a process.
struct ItemEnds {
    Counter written, parked, released, lost;
};
ItemEnds item_ends(Registry& metrics);

struct SlotParts {
    StateStore& store;
    Bus& work;
    Bus& events;
    HttpClient& http;
    Clock& clock;
    Random& random;
    Leases& leases;
    ItemRunner& runner;
    SlotSettings settings;
    // Told of every item that failed; from the slot's thread.
    std::function<void(const Status&)> on_failure;
    ItemEnds ends;
    RetryObserver* retries = nullptr;
};

// Used by one thread.
class Slot {
  public:
    explicit Slot(SlotParts parts) : parts_(std::move(parts)) {}
    // Until stopped: answers doorbells, and looks into the ledger when none rings (P5).
    void work(std::stop_token stop);

  private:
    enum class Try : uint8_t { kWorked, kNotNow, kNoLedger };

    Try look_for_work(std::stop_token stop);
    Try try_item(const ItemId& item, std::stop_token stop);
    Status work_on(const Claimed& claimed, MonoTime sent, std::stop_token stop);
    Status run(const Claimed& claimed, LeaseHold& hold);
    void settle(const Claimed& claimed, const Status& status);
    Status give_back(const Claimed& claimed, const Status& status);
    Status give_up(const Claimed& claimed, const Status& status);

    SlotParts parts_;
    MonoTime next_look_;
};

}  // namespace millrace
