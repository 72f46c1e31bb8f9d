// A process that dies at a chosen call, and a ledger that sees it.
#pragma once

#include <limits>

#include "common/store/ledger.h"
#include "common/store/memory_tables.h"

namespace millrace {

// Counts the calls that leave a process. From the chosen one on nothing of it gets through.
class Crash {
  public:
    void after(int calls) {
        left_ = calls;
        dead_ = false;
    }
    void never() { after(std::numeric_limits<int>::max()); }
    bool hit() {
        dead_ = dead_ || left_-- == 0;
        return dead_;
    }
    bool dead() const { return dead_; }
    static Status status() { return fatal_error("the process has died"); }

  private:
    int left_ = std::numeric_limits<int>::max();
    bool dead_ = false;
};

// The verbs fail before or after they were carried out.
class CrashingStore final : public Ledger {
  public:
    CrashingStore(Clock& clock, Crash& crash)
        : Ledger(std::make_unique<MemoryTables>(), clock), crash_(crash) {}

    Status add_items(const RunId& run, std::span<const NewItem> items) override {
        return through([&] { return Ledger::add_items(run, items); });
    }
    Status checkpoint(const Fence& fence, const Progress& progress) override {
        return through([&] { return Ledger::checkpoint(fence, progress); });
    }
    Status finish(const Fence& fence, const Progress& progress, const ItemEnd& end) override {
        return through([&] { return Ledger::finish(fence, progress, end); });
    }
    Status record_borders(const RunId& run, std::span<const ShardBorders> borders) override {
        return through([&] { return Ledger::record_borders(run, borders); });
    }
    Status begin_commit(const RunId& run, const std::string& intent) override {
        return through([&] { return Ledger::begin_commit(run, intent); });
    }
    Status end_commit(const RunId& run, const CommitResult& result) override {
        return through([&] { return Ledger::end_commit(run, result); });
    }

  private:
    template <typename Verb>
    Status through(Verb verb) {
        if (crash_.hit()) return Crash::status();
        const Status status = verb();
        return crash_.hit() ? Crash::status() : status;
    }

    Crash& crash_;
};

}  // namespace millrace
