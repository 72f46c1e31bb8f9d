// A whole ledger of a cluster in memory: one catalog, one live server, coordinators that come and
// go.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "common/base/fakes/fake_clock.h"
#include "common/store/memory_live_store.h"
#include "coordinator/catalog/cluster_store.h"
#include "coordinator/catalog/memory_log.h"

namespace millrace {

// Counts the calls of a coordinator that change something, in both halves, and kills it at one of
// them: before it is carried out, or after. From then on the coordinator reaches nothing more.
struct Fate {
    static constexpr int kNever = -1;
    int calls_left = kNever;
    bool done_all_the_same = false;
    bool dead = false;
    int calls = 0;

    Status meet(Code code, const std::function<Status()>& call) {
        if (dead) return Status(code, "the coordinator is dead");
        ++calls;
        if (calls_left == kNever || calls_left-- > 0) return call();
        dead = true;
        if (done_all_the_same) (void)call();
        return Status(code, "the coordinator dies");
    }
};

class MortalLog final : public CatalogLog {
  public:
    MortalLog(MemoryCatalog& catalog, Fate& fate) : log_(catalog), fate_(fate) {}
    Status open(const std::function<Status(CatalogRecord)>& take) override {
        return fate_.dead ? Status(Code::kUnreachable, "dead") : log_.open(take);
    }
    Status append(std::span<const CatalogRecord> records) override {
        return fate_.meet(Code::kUnreachable, [&] { return log_.append(records); });
    }

  private:
    MemoryCatalogLog log_;
    Fate& fate_;
};

class MortalLive final : public ForwardedLiveStore {
  public:
    MortalLive(MemoryLiveServer& server, std::optional<Token> token, Fate& fate)
        : store_(server, token), looks_only_(!token), fate_(fate) {}

  protected:
    LiveStore& inner() override { return store_; }
    Status around(const char*, const std::function<Status()>& call) override {
        if (looks_only_ && !fate_.dead) return call();
        return fate_.meet(Code::kLedgerLost, call);
    }

  private:
    MemoryLiveStore store_;
    const bool looks_only_;
    Fate& fate_;
};

// One coordinator's life.
class Coordinator {
  public:
    Coordinator(MemoryCatalog& catalog, MemoryLiveServer& server, Clock& clock, Duration lease_ttl)
        : log_(catalog, fate_),
          store_({.log = log_,
                  .live =
                      [this, &server](std::optional<Token> token) {
                          return std::make_unique<MortalLive>(server, token, fate_);
                      },
                  .clock = clock,
                  .lease_ttl = lease_ttl}) {}

    ClusterStore& store() { return store_; }
    Fate& fate() { return fate_; }

  private:
    Fate fate_;
    MortalLog log_;
    ClusterStore store_;
};

// As a StateStore whose coordinator can be exchanged. Its waits do not move the clock of claims.
class Cluster final : public ForwardedStore<StateStore> {
  public:
    explicit Cluster(Clock& clock) : server(clock) { begin_anew(); }

    // The coordinator is gone; another one takes over.
    void begin_anew() {
        ++coordinators;
        coordinator = std::make_unique<Coordinator>(catalog, server, waits, kTtl);
        const Status status = coordinator->store().take_over({});
        EXPECT_TRUE(status.ok()) << status.text();
    }
    ClusterStore& store() { return coordinator->store(); }

    static constexpr Duration kTtl = std::chrono::seconds(30);
    FakeClock waits;
    MemoryCatalog catalog;
    MemoryLiveServer server;
    std::unique_ptr<Coordinator> coordinator;
    int coordinators = 0;
    bool server_was_lost = false;  // said by a test that did so

  protected:
    StateStore& inner() override { return coordinator->store(); }
    Status around(const char*, const std::function<Status()>& call) override { return call(); }
};

}  // namespace millrace
