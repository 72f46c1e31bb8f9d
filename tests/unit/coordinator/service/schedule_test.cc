#include "coordinator/service/schedule.h"

#include <gmock/gmock.h>

#include <deque>

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ScheduleTest : public ::testing::Test {
  protected:
    RunEntry& add(const std::string& task, int64_t start) {
        RunEntry& entry = entries_.emplace_back();
        entry.run = RunId("r" + std::to_string(entries_.size()));
        entry.job.task = TaskId(task);
        entry.job.window = Window{from_millis(start), from_millis(start + 1)};
        entry.order = entries_.size();
        return entry;
    }
    std::vector<std::string> begun(size_t active_max = 100) {
        std::vector<RunEntry*> all;
        for (RunEntry& entry : entries_) all.push_back(&entry);
        std::vector<std::string> names;
        for (const RunEntry* entry : may_begin(all, active_max)) names.push_back(entry->run.text());
        return names;
    }

    std::deque<RunEntry> entries_;
};

TEST_F(ScheduleTest, TheOldestWindowOfATaskBeginsAndTheOthersSayWhy) {
    RunEntry& later = add("a", 5);
    add("a", 0);
    add("b", 9);
    EXPECT_THAT(begun(), ElementsAre("r2", "r3"));
    EXPECT_THAT(later.text, HasSubstr("waits for run r2 of window [1970"));
}

TEST_F(ScheduleTest, ARunThatIsActiveHoldsBackTheOthersOfItsTask) {
    add("a", 5).stage = Stage::kDriving;
    add("a", 0);
    EXPECT_THAT(begun(), IsEmpty());
    entries_[0].stage = Stage::kEnded;
    EXPECT_THAT(begun(), ElementsAre("r2"));
}

TEST_F(ScheduleTest, WhatWasBegunGoesOnFirst) {
    add("a", 0);
    add("a", 5).beginning = Beginning::kResume;
    EXPECT_THAT(begun(), ElementsAre("r2"));
}

TEST_F(ScheduleTest, PlacesAreGivenInTheOrderOfSubmission) {
    add("a", 0).stage = Stage::kOpening;
    add("b", 9);
    RunEntry& last = add("c", 0);
    EXPECT_THAT(begun(2), ElementsAre("r2"));
    EXPECT_THAT(last.text, HasSubstr("2 runs are driven already"));
}

}  // namespace
}  // namespace millrace
