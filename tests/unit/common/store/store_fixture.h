// What the conformance tests of the ledger share: the kinds of stores and short forms of the verbs.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/fakes/fake_clock.h"
#include "common/store/memory_live_store.h"
#include "common/store/memory_store.h"
#include "common/store/sqlite_store.h"
#include "tests/unit/common/store/real_redis.h"
#include "tests/unit/coordinator/catalog/cluster.h"

namespace millrace {

enum class StoreKind { kMemory, kSqlite, kLive, kRedis, kCluster };

// A live store in memory that a coordinator has opened, as a worker sees it.
class OpenedLiveStore final : public ForwardedStore<StateStore> {
  public:
    explicit OpenedLiveStore(Clock& clock) : server_(clock), store_(server_) {
        MemoryLiveStore coordinator(server_, Token(1));
        EXPECT_TRUE(
            coordinator.end_rebuild(*coordinator.begin_rebuild(Token(0), Token(1), 0)).ok());
        EXPECT_TRUE(coordinator.raise_ceiling(10'000).ok());
    }

  protected:
    StateStore& inner() override { return store_; }
    Status around(const char*, const std::function<Status()>& call) override { return call(); }

  private:
    MemoryLiveServer server_;
    MemoryLiveStore store_;
};

inline std::unique_ptr<StateStore> make_store(StoreKind kind, Clock& clock) {
    if (kind == StoreKind::kMemory) return std::make_unique<MemoryStore>(clock);
    if (kind == StoreKind::kCluster) return std::make_unique<Cluster>(clock);
    if (kind == StoreKind::kLive) return std::make_unique<OpenedLiveStore>(clock);
    if (kind == StoreKind::kRedis) return RealRedis::shared().store(&clock);
    auto store = SqliteStore::create(":memory:", clock, {.synchronous = false});
    EXPECT_TRUE(store.ok()) << store.status().text();
    return std::move(*store);
}

inline std::string name_of_kind(const ::testing::TestParamInfo<StoreKind>& info) {
    switch (info.param) {
        case StoreKind::kMemory: return "Memory";
        case StoreKind::kSqlite: return "Sqlite";
        case StoreKind::kLive: return "Live";
        case StoreKind::kRedis: return "Redis";
        case StoreKind::kCluster: return "Cluster";
    }
    return "?";
}

class StoreTest : public ::testing::TestWithParam<StoreKind> {
  protected:
    static constexpr Duration kTtl = std::chrono::seconds(30);

    NewInstance instance(const std::string& run, int64_t start_ms, RunKind kind = RunKind::kFirst) {
        NewInstance instance;
        instance.run = RunId(run);
        instance.task = TaskId("task");
        instance.window = {from_millis(start_ms), from_millis(start_ms + 100)};
        instance.kind = kind;
        instance.job_version = "job1";
        instance.encoder_version = "encoder1";
        instance.job = R"({"job":1})";
        instance.control.concurrent = 3;
        return instance;
    }
    // A run with items "<run>/0", "<run>/1", …
    void create(const std::string& run, int64_t start_ms, int items = 1,
                RunKind kind = RunKind::kFirst) {
        const auto outcome = store_->create_instance(instance(run, start_ms, kind));
        ASSERT_TRUE(outcome.ok()) << outcome.status().text();
        ASSERT_EQ(outcome->outcome, Created::kCreated);
        std::vector<NewItem> added;
        for (int i = 0; i < items; ++i) {
            const std::string number = std::to_string(i);
            added.push_back({ItemId(run + "/" + number), ShardId("shard" + number), "{}"});
        }
        ASSERT_TRUE(store_->add_items(RunId(run), added).ok());
    }
    Result<Claimed> claim(const std::string& item, const std::string& claim) {
        return store_->claim(ItemId(item), ClaimId(claim), kTtl);
    }
    Fence fence(const std::string& item, const std::string& id) {
        const Result<Claimed> claimed = claim(item, id);
        EXPECT_TRUE(claimed.ok()) << claimed.status().text();
        return claimed.ok() ? claimed->fence : Fence{};
    }
    static Progress progress(const std::string& position, uint64_t read,
                             std::vector<Part> parts = {}) {
        Progress progress;
        progress.position = position;
        progress.staging = "staging of " + position;
        progress.counts.read = progress.counts.put = progress.counts.acknowledged = read;
        progress.counts.rows = read;
        progress.source_sum.add(std::string_view(position));
        progress.output_sum.add(std::string_view("out"));
        progress.new_parts = std::move(parts);
        return progress;
    }
    static ItemEnd border_end() { return {EndKind::kBorder, "end"}; }
    void write(const std::string& item) {
        const Fence held = fence(item, "w" + item);
        const Status status = store_->finish(held, progress("last", 9), border_end());
        ASSERT_TRUE(status.ok()) << status.text();
    }
    static std::vector<ShardBorders> borders(const std::string& end = "end", int64_t start_ms = 0) {
        ShardBorders one{StreamId("stream"), ShardId("shard0"), {}};
        one.borders[start_ms] = {"border", "begin", false};
        one.borders[start_ms + 100] = {"border", end, true};
        return {one};
    }
    // RUNNING with one written item and recorded borders.
    void written(const std::string& run, int64_t start_ms) {
        create(run, start_ms);
        write(run + "/0");
        auto all = borders("end" + std::to_string(start_ms), start_ms);
        if (start_ms > 0)
            all[0].borders[start_ms] = {"border", "end" + std::to_string(start_ms - 100), true};
        const Status status = store_->record_borders(RunId(run), all);
        ASSERT_TRUE(status.ok()) << status.text();
    }
    void committed(const std::string& run, int64_t start_ms) {
        written(run, start_ms);
        ASSERT_TRUE(store_->begin_commit(RunId(run), "intent").ok());
        ASSERT_TRUE(store_->end_commit(RunId(run), {CommitStep::kCommitted, "receipt", {}}).ok());
    }
    ReopenOptions reopening(bool restart = false) {
        return {"job1", "encoder1", R"({"job":1})", {}, restart};
    }
    ItemView item(const std::string& run, size_t index = 0) {
        const auto items = store_->items(RunId(run));
        EXPECT_TRUE(items.ok() && items->size() > index);
        return items.ok() && items->size() > index ? (*items)[index] : ItemView();
    }
    InstanceView view(const std::string& run) {
        const auto instance = store_->instance(RunId(run));
        EXPECT_TRUE(instance.ok()) << instance.status().text();
        return instance.ok() ? *instance : InstanceView();
    }
    std::vector<std::string> due(size_t max = 100) {
        std::vector<std::string> ids;
        const auto all = store_->list_due(max);
        EXPECT_TRUE(all.ok());
        for (const DueItem& one : *all) ids.push_back(one.item.text());
        return ids;
    }

    FakeClock clock_;
    std::unique_ptr<StateStore> store_ = make_store(GetParam(), clock_);
};

}  // namespace millrace
