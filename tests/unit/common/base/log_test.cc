#include "common/base/log.h"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "tests/quiet_log.h"

namespace millrace {
namespace {

struct Seen {
    log::Level level;
    std::string run, text;
};

class LogTest : public ::testing::Test {
  protected:
    LogTest() {
        log::set_observer([this](const log::Line& line) {
            seen_.push_back({line.level, std::string(line.run), std::string(line.text)});
        });
    }
    ~LogTest() override { log::set_observer({}); }

    std::vector<Seen> seen_;
};

TEST_F(LogTest, LinesCarryTheFieldsOfTheirThread) {
    {
        const log::Context run({{"run", "r1"}, {"window", "[a, b)"}});
        const log::Context item({{"item", "r1/0"}, {"epoch", 7}});
        log::info("item_claimed", {{"shard", "s"}});
    }
    log::info("after");
    ASSERT_EQ(seen_.size(), 2u);
    EXPECT_EQ(seen_[0].run, "r1");
    EXPECT_EQ(seen_[0].text,
              "info item_claimed shard=s run=r1 window=\"[a, b)\" item=r1/0 epoch=7");
    EXPECT_EQ(seen_[1].run, "");
    EXPECT_EQ(seen_[1].text, "info after");
}

TEST_F(LogTest, WhatALineNamesItselfIsNotRepeated) {
    const log::Context outer({{"run", "r1"}, {"attempt", 1}});
    const log::Context inner({{"attempt", 2}});
    log::warn("event", {{"run", "r2"}});
    ASSERT_EQ(seen_.size(), 1u);
    EXPECT_EQ(seen_[0].run, "r2");
    EXPECT_EQ(seen_[0].text, "warning event run=r2 attempt=2");
}

TEST_F(LogTest, ContextsAreOfTheirThread) {
    const log::Context context({{"run", "r1"}});
    std::thread([] { log::info("elsewhere"); }).join();
    ASSERT_EQ(seen_.size(), 1u);
    EXPECT_EQ(seen_[0].text, "info elsewhere");
}

TEST_F(LogTest, TheSinkGetsWholeLinesOfTheLevel) {
    log::warn("event", {{"run", "r1"}, {"why", "a b"}});
    log::info("less");
    EXPECT_THAT(test_log(),
                ::testing::MatchesRegex("[-0-9T:.]+Z warning event run=r1 why=\"a b\"\n"));
}

TEST_F(LogTest, DebugLinesAreNotObserved) {
    log::debug("much");
    EXPECT_TRUE(seen_.empty());
}

TEST_F(LogTest, AnObserverMayWriteLines) {
    log::set_observer([this](const log::Line& line) {
        seen_.push_back({line.level, "", std::string(line.text)});
        log::info("of_the_observer");
    });
    log::info("event");
    EXPECT_EQ(seen_.size(), 1u);
}

}  // namespace
}  // namespace millrace
