// Windows of a stream that share a partition of MaxCompute are replayed together, while processes
// die and other windows are committed.
#include <gmock/gmock.h>

#include "common/services/maxcompute/client.h"
#include "coordinator/start.h"
#include "tests/unit/support/changing_table.h"
#include "tests/unit/support/one_process.h"
#include "worker/verify/verify.h"

namespace millrace {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr int64_t kMinute = 60'000;

class WholePartitionJob : public OneProcess {
  protected:
    WholePartitionJob() {
        add_changing_table(database_, server_clock_.now_ms());
        maxcompute::Client client(context_, odps_config());
        EXPECT_TRUE(client
                        .run_sql("create table t (pk string, c0 string, c1 string) "
                                 "partitioned by (pt string)")
                        .ok());
        whole_partition_ = true;
    }
    // From so many minutes before the test until so many.
    JobSpec job(int64_t from, int64_t to, const std::string& partition = "pt=1") const {
        json reader = at_ots();
        reader.update({{"dataTable", "t"},
                       {"statusTable", ""},
                       {"startTimestampMillis", began_ - from * kMinute},
                       {"endTimestampMillis", began_ - to * kMinute},
                       {"mode", "single_version_and_update_only"},
                       {"column", {{{"name", "pk"}}, {{"name", "c0"}}, {{"name", "c1"}}}}});
        json writer = at_odps();
        writer.update({{"table", "t"},
                       {"partition", partition},
                       {"truncate", true},
                       {"blockBytes", 20'000},
                       {"column", {"pk", "c0", "c1"}}});
        return parsed({{"name", "otsstreamreader"}, {"parameter", reader}},
                      {{"name", "odpswriter"}, {"parameter", writer}});
    }
    json carried(const JobSpec& job, bool replay = false) {
        clock_.advance(std::chrono::seconds(1));
        const Status status = process(job, replay);
        EXPECT_TRUE(status.ok()) << status.text();
        return receipt();
    }
    // The partition loses its rows behind the back of everybody.
    void damage() {
        maxcompute::Client client(context_, odps_config());
        const maxcompute::Place place{"t", {{"pt", "1"}}};
        const auto session = client.create_upload(place, {.overwrite = true});
        ASSERT_TRUE(session.ok()) << session.status().text();
        ASSERT_TRUE(client.commit_upload(place, session->id).ok());
    }
    Verification verified(const JobSpec& job, const json& receipt) {
        std::vector<json> others;
        const auto runs = store_.instances(job.task);
        for (const InstanceView& run : *runs) {
            if (run.receipt.empty() || run.run.text() == receipt.at("run")) continue;
            others.push_back(json::parse(run.receipt));
        }
        context_.stop = {};
        const auto made = verify_receipt({receipt, job, others, context_});
        EXPECT_TRUE(made.ok()) << made.status().text();
        return made.ok() ? *made : Verification();
    }
    static Sum128 source_sum(const json& receipt) {
        return *Sum128::parse(receipt.at("sums").at("source").get<std::string>());
    }
};

TEST_F(WholePartitionJob, AllItsWindowsAreReplacedInOneSession) {
    const json first = carried(job(180, 140)), second = carried(job(140, 90)),
               third = carried(job(90, 40)), other = carried(job(40, 30, "pt=2"));
    damage();
    EXPECT_EQ(verified(job(90, 40), third).verdict, Verdict::kDifferent);
    whole_partition_ = false;
    const Status alone = process(job(140, 90), true);
    EXPECT_EQ(alone.code(), Code::kConfig);
    EXPECT_THAT(alone.text(), HasSubstr(to_text(*job(90, 40).window)));
    EXPECT_THAT(alone.text(), HasSubstr("--whole-partition"));
    whole_partition_ = true;
    const json all = carried(job(140, 90), true);
    EXPECT_EQ(all.at("kind"), "replay");
    EXPECT_EQ(all.at("overwrite"), true);
    EXPECT_EQ(all.at("window").at("start_ms"), first.at("window").at("start_ms"));
    EXPECT_EQ(all.at("window").at("end_ms"), third.at("window").at("end_ms"));
    ASSERT_EQ(all.at("windows").size(), 3u);
    EXPECT_EQ(all.at("windows")[1].at("replaces"), second.at("run"));
    uint64_t rows = 0;
    Sum128 read;
    for (const json& one : {first, second, third}) {
        rows += one.at("counts").at("rows").get<uint64_t>();
        read.add(source_sum(one));
        const Verification old = verified(job(140, 90), one);
        EXPECT_EQ(old.verdict, Verdict::kSuperseded);
        EXPECT_THAT(old.why, HasSubstr(all.at("run").get<std::string>()));
    }
    EXPECT_GT(rows, 500u);
    EXPECT_EQ(all.at("counts").at("rows"), rows);
    EXPECT_EQ(source_sum(all), read);
    EXPECT_EQ(verified(job(140, 90), all).verdict, Verdict::kVerified);
    EXPECT_EQ(verified(job(40, 30, "pt=2"), other).verdict, Verdict::kVerified);
    // The next window adds to it, and the one after a replay of all.
    const json next = carried(job(30, 25, "pt=2"));
    EXPECT_EQ(next.at("overwrite"), false);
    const json again = carried(job(140, 90), true);
    EXPECT_EQ(again.at("number"), 2);
    EXPECT_EQ(again.at("windows")[1].at("replaces"), all.at("run"));
    EXPECT_EQ(verified(job(140, 90), again).rows, rows);
}

TEST_F(WholePartitionJob, WhateverDiesEveryRowIsThereOnce) {
    for (const auto& [from, to] : {std::pair{180, 130}, {130, 80}, {80, 40}}) {
        carried(job(from, to));
    }
    uint64_t rows = 0;
    for (uint64_t seed = 1; seed <= 8; ++seed) {
        SCOPED_TRACE(seed);
        damage();
        clock_.advance(std::chrono::seconds(1));
        run_through_deaths(job(80, 40), true, seed);
        const Verification found = verified(job(80, 40), receipt());
        EXPECT_EQ(found.verdict, Verdict::kVerified);
        if (rows == 0) rows = found.rows;
        EXPECT_EQ(found.rows, rows);
    }
    EXPECT_GT(rows, 500u);
}

TEST_F(WholePartitionJob, AWindowThatIsCommittedMeanwhileIsReplayedToo) {
    carried(job(180, 130));
    carried(job(130, 80));
    crash_.after(60);
    EXPECT_FALSE(process(job(130, 80), true).ok());
    const RunId begun = last_;
    ASSERT_EQ(store_.instance(begun)->state, InstanceState::kRunning);
    crash_.never();
    ASSERT_TRUE(store_.void_claims().ok());
    // The unfinished replay stands in nobody's way.
    const json late = carried(job(80, 40));
    EXPECT_EQ(late.at("overwrite"), false);
    damage();
    const json all = carried(job(130, 80), true);
    EXPECT_EQ(store_.instance(begun)->state, InstanceState::kCancelled);
    EXPECT_THAT(store_.instance(begun)->reason, HasSubstr("other windows were committed"));
    EXPECT_EQ(all.at("windows").size(), 3u);
    EXPECT_EQ(verified(job(80, 40), all).verdict, Verdict::kVerified);
    EXPECT_EQ(verified(job(80, 40), late).verdict, Verdict::kSuperseded);
}

TEST_F(WholePartitionJob, AReplayThatLosesItsSourceLeavesThePartitionAsItIs) {
    carried(job(180, 130));
    const json second = carried(job(130, 80));
    // Dies as soon as its items are there.
    auto items = store_.items(last_);
    for (int calls = 2; calls < 200 && items.ok(); ++calls) {
        crash_.after(calls);
        EXPECT_FALSE(process(job(130, 80), true).ok());
        crash_.never();
        ASSERT_TRUE(store_.void_claims().ok());
        items = store_.items(last_);
        if (last_.text() != second.at("run") && items.ok() && !items->empty()) break;
    }
    size_t without = 0;
    for (const ItemView& item : *items) {
        const auto claimed = store_.claim(item.item, ClaimId("c"), std::chrono::hours(1));
        if (!claimed.ok() || claimed->has_progress) continue;
        ++without;
        // Finished without what it should have read.
        Progress nothing;
        ASSERT_TRUE(store_.finish(claimed->fence, nothing, {EndKind::kBorder, "{}"}).ok());
    }
    EXPECT_GT(without, 0u);
    ASSERT_TRUE(store_.void_claims().ok());
    clock_.advance(std::chrono::seconds(1));
    const Status status = process(job(130, 80), true);
    EXPECT_THAT(status.text(), HasSubstr("has read other changes"));
    EXPECT_EQ(verified(job(130, 80), second).verdict, Verdict::kVerified);
}

TEST_F(WholePartitionJob, AGapIsNamed) {
    carried(job(180, 130));
    carried(job(130, 100, "pt=2"));
    carried(job(100, 80));
    const Status status = process(job(180, 130), true);
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr(to_text(*job(130, 100).window) + " is missing"));
    // Alone in its partition.
    EXPECT_EQ(carried(job(130, 100, "pt=2"), true).at("number"), 1);
}

}  // namespace
}  // namespace millrace
