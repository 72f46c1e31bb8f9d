// The way from a process to the live store: calls take time, get lost before or after they were
// carried out, and are carried out twice.
#pragma once

#include "common/store/forwarded_store.h"
#include "common/store/memory_live_store.h"
#include "tests/sim/history.h"
#include "tests/sim/scheduler.h"

namespace millrace::sim {

struct StoreFaults {
    double lost = 0;         // never arrives
    double answer_lost = 0;  // is carried out, the caller hears nothing
    double doubled = 0;      // verbs with a fence are carried out once more, later
    double slow = 0;
};

// Sees what the ledger has accepted, and judges it.
class LedgerWatch {
  public:
    virtual ~LedgerWatch() = default;
    virtual void claimed(const Claimed& claimed) = 0;
    virtual void changed(const Fence& fence, std::string_view verb) = 0;
    virtual void finished(const Fence& fence, const ItemEnd& end) = 0;
    virtual void committing(const RunId& run) = 0;
    virtual void restaged(const RunId& run, std::span<const ItemId> items) = 0;
    // After a loss: these items start again.
    virtual void restored(const RunId& run, std::span<const ItemId> items) = 0;
};

// Of one process.
class SimStore final : public ForwardedLiveStore {
  public:
    struct Parts {
        Scheduler& scheduler;
        History& history;
        const StoreFaults& faults;
        LedgerWatch& watch;
        std::string process;
        std::function<void(Epoch)> on_claim;  // of the calling thread
    };
    SimStore(MemoryLiveServer& server, std::optional<Token> token, Parts parts)
        : store_(server, token), parts_(std::move(parts)) {}

    Result<Claimed> claim(const ItemId& item, const ClaimId& claim, Duration ttl) override;
    Status checkpoint(const Fence& fence, const Progress& progress) override;
    Status finish(const Fence& fence, const Progress& progress, const ItemEnd& end) override;
    Status release(const Fence& fence, bool counts_as_attempt) override;
    Status restore(const LiveRun& run) override;
    Status begin_commit(const RunId& run, const std::string& intent) override;
    Status end_commit(const RunId& run, const CommitResult& result) override;

  protected:
    LiveStore& inner() override { return store_; }
    Status around(const char* verb, const std::function<Status()>& call) override;

  private:
    Status send(std::string_view verb, const std::string& about,
                const std::function<Status()>& call);
    // The same once more, some time later.
    void perhaps_again(std::string_view verb, const std::string& about,
                       std::function<Status()> call);
    void travel();
    void note(std::string_view verb, const std::string& about, const Status& status);

    MemoryLiveStore store_;
    const Parts parts_;
};

}  // namespace millrace::sim
