#include "tests/unit/common/store/store_text.h"

#include <gtest/gtest.h>

#include "tests/unit/common/store/store_fixture.h"

namespace millrace {
namespace {

std::string text(const std::string& value) {
    return "'" + value + "' ";
}
std::string text(std::string_view value) {
    return text(std::string(value));
}
template <typename Tag>
std::string text(const Id<Tag>& id) {
    return text(id.text());
}
template <typename Number>
requires std::is_arithmetic_v<Number> std::string text(Number number) {
    return std::to_string(number) + " ";
}

std::string text(const Counts& c) {
    return text(c.read) + text(c.put) + text(c.update) + text(c.remove) + text(c.acknowledged) +
           text(c.quarantined) + text(c.dropped_delete_in_row_mode) +
           text(c.dropped_no_configured_column) + text(c.rows) + text(c.rows_dirty) +
           text(c.source_bytes) + text(c.output_bytes);
}

std::string text(const Progress& p) {
    std::string all = text(p.position) + text(p.staging) + text(p.counts) +
                      text(p.source_sum.hex()) + text(p.output_sum.hex());
    for (const Part& part : p.new_parts) {
        all += text(part.object) + text(part.number) + text(part.data);
    }
    return all;
}

std::string text(const std::optional<Border>& b) {
    return b ? text(b->kind) + text(b->position) + text(b->gave_records) : "none ";
}

std::string text(const ItemView& i) {
    std::string end = "no end ";
    if (i.end) end = text(name_of(i.end->kind)) + text(i.end->position);
    return text(i.item) + text(i.shard) + text(name_of(i.state)) + text(i.start) +
           text(i.progress) + text(i.has_progress) + end + text(static_cast<uint64_t>(i.epoch)) +
           text(static_cast<uint64_t>(i.abandoned)) + text(i.attempts) + text(i.reason) + "\n";
}

std::string text(const InstanceView& v) {
    return text(v.run) + text(v.task) + text(to_millis(v.window.start)) +
           text(to_millis(v.window.end)) + text(name_of(v.kind)) + text(v.number) +
           text(name_of(v.state)) + text(v.reason) + text(v.by_image) + text(v.borders_recorded) +
           text(v.job_version) + text(v.encoder_version) + text(v.job) + to_text(v.control) +
           text(v.staging) + text(v.intent) + text(v.receipt) + text(v.counts) + "\n";
}

std::string text(const DueItem& due) {
    return text(due.item) + text(due.run) + text(due.attempts) + "\n";
}

template <typename T>
std::string text(const std::vector<T>& all) {
    std::string joined;
    for (const T& one : all) joined += text(one);
    return joined;
}

template <typename T>
std::string shown(const Result<T>& result) {
    return result.ok() ? text(*result) : to_text(result.status());
}

}  // namespace

std::string to_text(const Status& status) {
    return std::string(name_of(status.code())) + ": " + status.text();
}
std::string to_text(const CreateOutcome& outcome) {
    return text(static_cast<int>(outcome.outcome)) + text(outcome.run);
}
std::string to_text(const Claimed& c) {
    return text(c.fence.item) + text(static_cast<uint64_t>(c.fence.epoch)) + text(c.fence.claim) +
           text(c.run) + text(c.shard) + text(c.start) + text(c.progress) + text(c.has_progress) +
           text(c.run_staging) + text(c.by_image) + text(c.attempts) + to_text(c.control) +
           text(c.deadline.time_since_epoch().count());
}
std::string to_text(const RunControl& c) {
    return text(c.source_bytes_per_second) + text(c.source_records_per_second) +
           text(c.concurrent) + text(c.paused) + text(c.cancelled) + text(c.sharing);
}
std::string to_text(const Range& range) {
    return text(range.first) + text(range.count);
}

std::string all_views(StateStore& store, const Universe& universe) {
    std::string all =
        "due\n" + shown(store.list_due(1000)) + "open\n" + shown(store.open_commits());
    for (const RunId& run : universe.runs) {
        all += shown(store.instance(run)) + shown(store.items(run)) + "\n";
    }
    for (const TaskId& task : universe.tasks) {
        all += shown(store.instances(task)) + "\n";
        for (const StreamId& stream : universe.streams) {
            for (const ShardId& shard : universe.shards) {
                const auto borders = store.borders(task, stream, shard);
                for (const auto& [time_ms, border] : *borders) {
                    all += text(time_ms) + text(std::optional(border));
                }
                for (const int64_t time_ms : universe.times_ms) {
                    all += text(*store.border(task, stream, shard, time_ms));
                    const auto before = store.border_before(task, stream, shard, time_ms);
                    if (*before)
                        all += text((*before)->first) + text(std::optional((*before)->second));
                }
            }
        }
    }
    return all;
}

TEST(StoreTextTest, DifferentLedgersHaveDifferentViews) {
    FakeClock clock;
    const auto one = make_store(StoreKind::kMemory, clock);
    const auto two = make_store(StoreKind::kMemory, clock);
    const Universe universe{{TaskId("t")}, {RunId("r")}, {}, {}, {}};
    EXPECT_EQ(all_views(*one, universe), all_views(*two, universe));
    NewInstance instance;
    instance.run = RunId("r");
    instance.task = TaskId("t");
    ASSERT_TRUE(one->create_instance(instance).ok());
    EXPECT_NE(all_views(*one, universe), all_views(*two, universe));
}

}  // namespace millrace
