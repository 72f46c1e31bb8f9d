#include "coordinator/commit/odps_rules.h"

#include <gmock/gmock.h>

#include "coordinator/start.h"

namespace millrace {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kMinute = 60'000;

Window window(int64_t start, int64_t end) {
    return {from_millis(start * kMinute), from_millis(end * kMinute)};
}

class OdpsRulesTest : public ::testing::Test {
  protected:
    OdpsRulesTest() { config_.truncate = true; }

    void committed(const std::string& run, const Window& window, int number = 0,
                   const std::string& pt = "1") {
        InstanceView& view = history_.emplace_back();
        view.run = RunId(run);
        view.window = window;
        view.number = number;
        view.kind = number == 0 ? RunKind::kFirst : RunKind::kReplay;
        view.state = InstanceState::kCleaned;
        view.intent = to_json(OdpsIntent{"s", {{"pt", pt}}, true, {}, {}, {}}).dump();
        std::stable_sort(
            history_.begin(), history_.end(), [](const InstanceView& a, const InstanceView& b) {
                return std::pair(a.window.start, a.number) < std::pair(b.window.start, b.number);
            });
    }
    std::vector<HeldWindow> held() const { return windows_in(history_, {{"pt", "1"}}); }
    std::string runs() const {
        std::string text;
        for (const HeldWindow& one : held()) text += one.run.text() + " ";
        return text;
    }
    InstanceView replay(const Window& window) const {
        InstanceView view;
        view.window = window;
        view.kind = RunKind::kReplay;
        return view;
    }

    OdpsWriterConfig config_;
    std::vector<InstanceView> history_;
};

TEST_F(OdpsRulesTest, APartitionHoldsWhatEachOfItsWindowsWroteLast) {
    committed("a", window(0, 5));
    committed("a1", window(0, 5), 1);
    committed("x", window(5, 10), 0, "2");
    committed("b", window(10, 15));
    history_.back().state = InstanceState::kFailed;
    committed("c", window(15, 20));
    EXPECT_EQ(runs(), "a1 c ");
}

TEST_F(OdpsRulesTest, RunsThatJoinWindowsReplaceThem) {
    committed("a", window(0, 5));
    committed("b", window(5, 10));
    committed("all", window(0, 10), 1);
    committed("c", window(10, 15));
    EXPECT_EQ(runs(), "all all c ");
    committed("more", window(0, 15), 1);
    EXPECT_EQ(runs(), "more more more ");
    committed("again", window(0, 15), 2);
    committed("d", window(15, 20));
    EXPECT_EQ(runs(), "again again again d ");
    EXPECT_EQ(*joined_window(config_, held()), window(0, 20));
}

TEST_F(OdpsRulesTest, WhatIsMissingBetweenThemIsNamed) {
    committed("a", window(0, 5));
    committed("b", window(7, 10));
    committed("c", window(12, 15));
    const Status status = joined_window(config_, held()).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr(to_text(window(5, 7)) + ", " + to_text(window(10, 12))));
    EXPECT_THAT(status.text(), Not(HasSubstr("more")));
}

TEST_F(OdpsRulesTest, JobsThatAddOrReplaceEachTimeAreNotReplayedTogether) {
    committed("a", window(0, 5));
    committed("b", window(5, 10));
    config_.truncate_scope = TruncateScope::kInstance;
    EXPECT_THAT(joined_window(config_, held()).status().text(), HasSubstr(to_text(window(5, 10))));
    const Status alone = decide_overwrite(config_, replay(window(0, 5)), held()).status();
    EXPECT_THAT(alone.text(), HasSubstr("they have replaced it"));
    EXPECT_THAT(alone.text(), Not(HasSubstr("--whole-partition")));
    EXPECT_TRUE(*decide_overwrite(config_, replay(window(5, 10)), held()));
    config_.truncate = false;
    EXPECT_THAT(joined_window(config_, held()).status().text(), HasSubstr("twice"));
}

TEST_F(OdpsRulesTest, AReplayOfSharedWindowsNamesThemAndTheWay) {
    for (int64_t i = 0; i < 8; ++i) {
        committed("r" + std::to_string(i), window(5 * i, 5 * i + 5));
    }
    const Status alone = decide_overwrite(config_, replay(window(0, 5)), held()).status();
    EXPECT_EQ(alone.code(), Code::kConfig);
    EXPECT_THAT(alone.text(), HasSubstr(to_text(window(5, 10)) + ", " + to_text(window(10, 15))));
    EXPECT_THAT(alone.text(), HasSubstr("and 2 more"));
    EXPECT_THAT(alone.text(), HasSubstr("--whole-partition"));
}

TEST_F(OdpsRulesTest, OtherWindowsThanThoseOfTheRunAreAChangeOfItsSource) {
    committed("a", window(0, 5));
    committed("b", window(5, 10));
    EXPECT_TRUE(check_joined(config_, replay(window(0, 10)), held()).ok());
    committed("c", window(10, 15));
    EXPECT_EQ(check_joined(config_, replay(window(0, 10)), held()).code(), Code::kSourceChanged);
    EXPECT_EQ(check_joined(config_, replay(window(20, 30)), held()).code(), Code::kConfig);
}

}  // namespace
}  // namespace millrace
