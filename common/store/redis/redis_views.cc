// The views of the ledger in Redis.
#include <hiredis/hiredis.h>

#include <algorithm>
#include <tuple>

#include "common/store/redis/redis_rows.h"
#include "common/store/redis/redis_store.h"

namespace millrace {
namespace {

constexpr size_t kDueMax = 1'000'000;

int64_t time_of(std::string_view text) {
    return std::stoll(std::string(text));
}

}  // namespace

Result<std::vector<DueItem>> RedisStore::list_due(size_t max) {
    MILLRACE_ASSIGN(const RedisAnswer answer,
                    call("list_due", {std::to_string(std::min(max, kDueMax))}));
    const redisReply& list = *answer->element[1];
    const auto at = [&](size_t i) { return std::string(redis::text_of(*list.element[i])); };
    std::vector<DueItem> due;
    for (size_t i = 0; i + 2 < list.elements; i += 3) {
        due.push_back({ItemId(at(i)), RunId(at(i + 1)), std::stoi(at(i + 2))});
    }
    return due;
}

Result<InstanceView> RedisStore::instance(const RunId& run) {
    MILLRACE_ASSIGN(const RedisAnswer answer, call("instance", {run.text()}));
    return redis::instance_view(redis::Fields(*answer->element[1]));
}

Result<std::vector<ItemView>> RedisStore::items(const RunId& run) {
    MILLRACE_ASSIGN(const RedisAnswer answer, call("items", {run.text()}, true));
    std::vector<ItemView> all;
    for (size_t i = 1; i < answer->elements; ++i) {
        const redisReply& item = *answer->element[i];
        all.push_back(redis::item_view(redis::Fields(*item.element[0]), *item.element[1]));
    }
    return all;
}

Result<std::vector<InstanceView>> RedisStore::views(const char* script, Words words) {
    MILLRACE_ASSIGN(const RedisAnswer answer, call(script, std::move(words), true));
    std::vector<InstanceView> all;
    for (size_t i = 1; i < answer->elements; ++i) {
        all.push_back(redis::instance_view(redis::Fields(*answer->element[i])));
    }
    return all;
}

Result<std::vector<InstanceView>> RedisStore::instances(const TaskId& task) {
    MILLRACE_ASSIGN(std::vector<InstanceView> all, views("instances", {task.text()}));
    std::stable_sort(all.begin(), all.end(), [](const InstanceView& a, const InstanceView& b) {
        return std::tie(a.window.start, a.number) < std::tie(b.window.start, b.number);
    });
    return all;
}

Result<std::vector<InstanceView>> RedisStore::open_commits() {
    return views("open_commits", {});
}

Result<std::map<int64_t, Border>> RedisStore::borders(const TaskId& task, const StreamId& stream,
                                                      const ShardId& shard) {
    MILLRACE_ASSIGN(const RedisAnswer answer,
                    call("borders", {task.text(), stream.text(), shard.text()}));
    const redis::Fields fields(*answer->element[1]);
    std::map<int64_t, Border> borders;
    for (const auto& [time, border] : fields.all()) {
        borders[time_of(time)] = redis::border_of(border);
    }
    return borders;
}

Result<std::optional<Border>> RedisStore::border(const TaskId& task, const StreamId& stream,
                                                 const ShardId& shard, int64_t time_ms) {
    MILLRACE_ASSIGN(const auto all, borders(task, stream, shard));
    const auto found = all.find(time_ms);
    return found == all.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<std::pair<int64_t, Border>>> RedisStore::border_before(const TaskId& task,
                                                                            const StreamId& stream,
                                                                            const ShardId& shard,
                                                                            int64_t time_ms) {
    using Before = std::optional<std::pair<int64_t, Border>>;
    MILLRACE_ASSIGN(const auto all, borders(task, stream, shard));
    const auto after = all.lower_bound(time_ms);
    return after == all.begin() ? Before() : Before(*std::prev(after));
}

}  // namespace millrace
