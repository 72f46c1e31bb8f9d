// What the tests of the store in Redis share: one run and its items.
#pragma once

#include <gmock/gmock.h>

#include "tests/unit/common/store/real_redis.h"

namespace millrace {

inline constexpr Duration kTtl = std::chrono::seconds(30);
inline const RunId kRun("run");

class RedisTest : public ::testing::Test {
  protected:
    static Result<std::unique_ptr<RedisStore>> open(const RedisOptions& options,
                                                    std::optional<Token> token = {}) {
        static SystemClock clock;
        return RedisStore::open(options, "other", token, clock);
    }
    static void add_run(LiveStore& store, int items, int concurrent = 1) {
        NewInstance instance{.run = kRun, .task = TaskId("task")};
        instance.window.end = from_millis(100);
        instance.control.concurrent = concurrent;
        ASSERT_TRUE(store.create_instance(instance).ok());
        std::vector<NewItem> added;
        for (int i = 0; i < items; ++i) added.push_back({item(i), ShardId("shard"), "{}"});
        ASSERT_TRUE(store.add_items(kRun, added).ok());
    }
    static ItemId item(int number) { return ItemId("run/" + std::to_string(number)); }
    static Fence claim(LiveStore& store, int number) {
        const auto claimed = store.claim(item(number), ClaimId("c"), kTtl);
        EXPECT_TRUE(claimed.ok()) << claimed.status().text();
        return claimed.ok() ? claimed->fence : Fence();
    }
    static void rebuild(LiveStore& store) {
        const auto identity = store.begin_rebuild(Token(1), Token(1), 100);
        ASSERT_TRUE(identity.ok()) << identity.status().text();
        ASSERT_TRUE(store.end_rebuild(*identity).ok());
        ASSERT_TRUE(store.raise_ceiling(200).ok());
    }
};

}  // namespace millrace
