// The live store in memory: for tests and the simulator.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "common/store/forwarded_store.h"
#include "common/store/ledger.h"
#include "common/store/memory_tables.h"

namespace millrace {

// What stands for the server: it keeps the rows, and can lose them. Thread-safe and, used by one
// thread, deterministic. `clock` outlives it.
class MemoryLiveServer {
  public:
    explicit MemoryLiveServer(Clock& clock);
    ~MemoryLiveServer();

    // Everything is gone; the server is still the same one (FLUSHALL).
    void lose();
    // An older copy comes back: the server was restarted, and is another one.
    struct Copy;
    std::shared_ptr<const Copy> snapshot() const;
    void restore_snapshot(const std::shared_ptr<const Copy>& copy);

  private:
    friend class MemoryLiveStore;
    class Rows;
    class Verbs;

    // What is kept beside the rows.
    struct Keys {
        std::string incarnation;  // the server's identity when it was opened; empty = closed
        std::string rebuilding;   // its identity at begin_rebuild
        std::optional<Token> token;
        uint64_t ceiling = 0;
        std::map<RunId, std::string> packages;
        std::string leader;
        MonoTime leads_until;
    };
    std::string identity() const { return "server-" + std::to_string(starts_); }
    Status whole(std::optional<Token> token) const;
    Status holds(std::optional<Token> token) const;

    Clock& clock_;
    mutable std::mutex mutex_;
    uint64_t starts_ = 1;
    Keys keys_;
    std::unique_ptr<Verbs> verbs_;
    Rows* rows_;  // of verbs_
};

// One process's access to it: with a coordinator's token, or without one. Thread-safe. `server`
// outlives it.
class MemoryLiveStore final : public ForwardedStore<LiveStore> {
  public:
    explicit MemoryLiveStore(MemoryLiveServer& server, std::optional<Token> token = {})
        : server_(server), token_(token) {}

    Status take_over(Token expected, Token token) override;
    Result<std::string> begin_rebuild(Token expected, Token token, uint64_t ceiling) override;
    Status restore(const LiveRun& run) override;
    Status end_rebuild(const std::string& identity) override;
    Status put_package(const RunId& run, const std::string& package) override;
    Status raise_ceiling(uint64_t ceiling) override;
    Result<EpochUse> epochs() override;
    Status forget(const RunId& run) override;
    Result<bool> lead(const std::string& holder, Duration ttl) override;
    Result<std::string> package(const RunId& run) override;

  protected:
    StateStore& inner() override;
    Status around(const char* verb, const std::function<Status()>& call) override;

  private:
    MemoryLiveServer& server_;
    const std::optional<Token> token_;
};

}  // namespace millrace
