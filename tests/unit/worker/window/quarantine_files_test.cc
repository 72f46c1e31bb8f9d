#include "worker/window/quarantine_files.h"

#include <gtest/gtest.h>

#include "common/base/fakes/memory_file_system.h"
#include "common/record/packed.h"

namespace millrace {
namespace {

const std::vector<ShapeColumn> kKey = {{"id", ValueType::kInteger}, {"name", ValueType::kString}};

class QuarantineFilesTest : public ::testing::Test {
  protected:
    void quarantine(const std::string& run, uint32_t count, const std::vector<Value>& key) {
        QuarantineFolder folder(files_, "/state");
        const Quarantine to(folder, RunId(run), {"a"}, {"id", "name"});
        Change change;
        change.key = key;
        for (uint32_t i = 0; i < count; ++i) {
            change.sequence = {0, 1'700'000'000'000'000, i};
            const std::string line = to.line_of({ShardId("shard"), &change, 0, "too big", 0});
            ASSERT_TRUE(to.add_lines(ShardId("shard"), std::span(&line, 1)).ok());
        }
    }
    QuarantinedRun read(const std::string& run) {
        const auto found = read_quarantined_run(files_, "/state", RunId(run));
        EXPECT_TRUE(found.ok()) << found.status().text();
        return found.ok() ? *found : QuarantinedRun();
    }
    Status mark(const std::string& run, std::span<const QuarantineLine> lines) {
        return mark_redriven(files_, "/state", RunId(run), lines);
    }
    MemoryFileSystem files_;
};

TEST_F(QuarantineFilesTest, RunsAreListedWithoutTheirMarks) {
    EXPECT_EQ(*quarantined_runs(files_, "/state"), std::vector<RunId>());
    const std::vector<Value> key = {Value::of_integer(1), Value::of_string("x")};
    quarantine("b", 1, key);
    quarantine("a", 1, key);
    ASSERT_TRUE(mark("b", read("b").left).ok());
    EXPECT_EQ(*quarantined_runs(files_, "/state"), (std::vector<RunId>{RunId("a"), RunId("b")}));
}

TEST_F(QuarantineFilesTest, WhatWasRedrivenIsNotLeftAnyMore) {
    quarantine("run", 3, {Value::of_integer(1), Value::of_string("x")});
    const auto all = read("run").left;
    ASSERT_EQ(all.size(), 3u);
    ASSERT_TRUE(mark("run", std::span(all).subspan(1, 1)).ok());
    QuarantinedRun now = read("run");
    EXPECT_EQ(now.redriven, 1u);
    ASSERT_EQ(now.left.size(), 2u);
    EXPECT_EQ(now.left[1].sequence, all[2].sequence);
    // Again, and behind half a line of a process that died.
    ASSERT_TRUE(files_.append("/state/quarantine/run.redriven.jsonl", "{\"v\":1,\"ru").ok());
    ASSERT_TRUE(mark("run", all).ok());
    now = read("run");
    EXPECT_EQ(now.redriven, 3u);
    EXPECT_TRUE(now.left.empty());
}

TEST_F(QuarantineFilesTest, MarksHoldNoContents) {
    quarantine("run", 1, {Value::of_integer(1), Value::of_string("secret name")});
    ASSERT_TRUE(mark("run", read("run").left).ok());
    EXPECT_EQ(files_.read("/state/quarantine/run.redriven.jsonl")->find("secret"),
              std::string::npos);
}

TEST_F(QuarantineFilesTest, KeysComeBackAsTheyWere) {
    const std::vector<std::vector<Value>> keys = {
        {Value::of_integer(INT64_MIN), Value::of_string("x")},
        {Value::of_integer(INT64_MAX), Value::of_string("\xff\x00y")},
        {Value::of_integer(0), Value::of_string("")}};
    for (size_t i = 0; i < keys.size(); ++i) {
        const std::string run = "run" + std::to_string(i);
        quarantine(run, 1, keys[i]);
        Buffer packed;
        pack(keys[i], packed);
        const auto key = key_of(read(run).left[0], kKey);
        ASSERT_TRUE(key.has_value());
        EXPECT_EQ(*key, packed.view());
    }
}

TEST_F(QuarantineFilesTest, AKeyThatIsNotWholeIsNotKnown) {
    quarantine("none", 1, {});
    quarantine("null", 1, {Value::of_integer(1), Value::null()});
    quarantine("other", 1, {Value::of_string("1"), Value::of_string("x")});
    for (const char* run : {"none", "null", "other"}) {
        EXPECT_EQ(key_of(read(run).left[0], kKey), std::nullopt) << run;
    }
    QuarantineLine broken;
    broken.json = "{";
    EXPECT_EQ(key_of(broken, kKey), std::nullopt);
}

}  // namespace
}  // namespace millrace
