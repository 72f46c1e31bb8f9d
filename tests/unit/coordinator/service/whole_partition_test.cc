// Windows in one partition of MaxCompute, replayed by a coordinator of a cluster.
#include "common/services/maxcompute/client.h"
#include "coordinator/service/operations.h"
#include "tests/unit/coordinator/service/service_fixture.h"

namespace millrace {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class ReplayedPartitionTest : public ServiceTest {
  protected:
    ReplayedPartitionTest() {
        const CallContext context{http_, clock_, random_, {}, {}};
        OdpsAddress address;
        address.endpoint = kProject;
        address.project = "demo";
        address.access_id = "testid";
        address.access_key = Secret("testsecret");
        maxcompute::Client client(context, *maxcompute::make_config(address));
        const auto made = client.run_sql(
            "create table t (pk string, c0 string, c1 string) partitioned by (pt string)");
        EXPECT_TRUE(made.ok()) << made.status().text();
        EXPECT_TRUE(log_.open().ok());
        operations_ = std::make_unique<ClusterOperations>(
            OperationParts{*supervisor_, *world_, log_, table_, OwnSources{}});
    }
    // Partitions are days, as in most scripts.
    JobPackage into(const std::string& day, int64_t from, int64_t to) const {
        JobPackage made = package(from, to);
        made.request.variables = {{"bdp.system.bizdate", day}};
        json script = json::parse(made.request.text);
        script["job"]["content"][0]["writer"] = {{"name", "odpswriter"},
                                                 {"parameter",
                                                  {{"odpsServer", kProject},
                                                   {"project", "demo"},
                                                   {"accessId", "testid"},
                                                   {"accessKey", "testsecret"},
                                                   {"table", "t"},
                                                   {"partition", "pt=${bdp.system.bizdate}"},
                                                   {"truncate", true},
                                                   {"column", {"pk", "c0", "c1"}}}}};
        made.request.text = script.dump();
        return made;
    }
    RunId carried(const std::string& day, int64_t from, int64_t to) {
        const RunId run = submitted(into(day, from, to)).run;
        EXPECT_TRUE(reaches(run, InstanceState::kCleaned));
        return run;
    }
    ReplayRequest request(const RunId& run, int64_t from, int64_t to) const {
        ReplayRequest made;
        made.run = run;
        made.range = {from_millis(began_ - from * kMinuteMs), from_millis(began_ - to * kMinuteMs)};
        made.whole_partition = true;
        return made;
    }
    json replayed(const ReplayRequest& request) {
        const auto made = operations_->replay(request);
        EXPECT_TRUE(made.ok()) << made.status().text();
        return made.ok() ? made->at("windows") : json::array();
    }
    uint64_t rows(const RunId& run) { return receipt(run).at("counts").at("rows"); }

    static constexpr const char* kProject = "http://127.0.0.1:9002/api";
    MemoryFileSystem files_;
    RunLog log_{files_, "/logs"};
    WorkerTable table_;
    std::unique_ptr<ClusterOperations> operations_;
};

TEST_F(ReplayedPartitionTest, EachPartitionOfARangeIsOneRun) {
    const RunId a = carried("20261120", 180, 140), b = carried("20261120", 140, 100),
                c = carried("20261121", 100, 70), d = carried("20261121", 70, 40);
    ReplayRequest range = request(d, 140, 70);
    range.whole_partition = false;
    const Status alone = operations_->replay(range).status();
    EXPECT_EQ(alone.code(), Code::kConfig);
    EXPECT_THAT(alone.text(), HasSubstr("--whole-partition"));
    range.whole_partition = true;
    range.dry_run = true;
    const json dry = replayed(range);
    ASSERT_EQ(dry.size(), 4u);
    std::vector<std::string> replaced;
    for (const json& one : dry) {
        replaced.push_back(one.at("replaces"));
        EXPECT_FALSE(one.contains("run"));
    }
    EXPECT_EQ(replaced, (std::vector<std::string>{a.text(), b.text(), c.text(), d.text()}));
    EXPECT_EQ(dry[0].at("partition"), "pt=20261120");
    EXPECT_EQ(dry[3].at("partition"), "pt=20261121");
    EXPECT_EQ(operations_->runs(10, false)->at("runs").size(), 4u);
    range.dry_run = false;
    const json made = replayed(range);
    ASSERT_EQ(made.size(), 4u);
    EXPECT_EQ(made[0].at("run"), made[1].at("run"));
    EXPECT_NE(made[1].at("run"), made[2].at("run"));
    const RunId one(made[0].at("run").get<std::string>()), two(made[3].at("run"));
    ASSERT_TRUE(reaches(one, InstanceState::kCleaned));
    ASSERT_TRUE(reaches(two, InstanceState::kCleaned));
    EXPECT_EQ(rows(one), rows(a) + rows(b));
    EXPECT_EQ(rows(two), rows(c) + rows(d));
    EXPECT_EQ(receipt(one).at("windows")[1].at("replaces"), b.text());
    // Of the windows and the replay it is the replay that a next one replaces.
    range.dry_run = true;
    EXPECT_EQ(replayed(range)[0].at("replaces"), one.text());
}

TEST_F(ReplayedPartitionTest, WhatIsNoPartitionIsRefused) {
    const RunId object = submitted(package(180, 140)).run;
    ASSERT_TRUE(reaches(object, InstanceState::kCleaned));
    const Status refused = operations_->replay(request(object, 180, 140)).status();
    EXPECT_EQ(refused.code(), Code::kConfig);
    EXPECT_THAT(refused.text(), HasSubstr("MaxCompute"));
}

// Its replay has failed, another window is committed, a person lets the replay go on.
TEST_F(ReplayedPartitionTest, AReplayThatWasOutrunBeginsAnewWithAllWindows) {
    const RunId a = carried("20261120", 180, 140), b = carried("20261120", 140, 100);
    workers_->held = true;
    const RunId begun(replayed(request(a, 180, 140))[0].at("run").get<std::string>());
    const MonoTime until = clock_.monotonic() + kLong;
    const auto has_items = [&] {
        const auto items = store_->items(begun);
        return items.ok() && !items->empty();
    };
    while (!has_items() && clock_.monotonic() < until) {
        (void)clock_.sleep(std::chrono::milliseconds(2), {});
    }
    ASSERT_TRUE(has_items());
    ASSERT_TRUE(store_->park(store_->items(begun)->front().item, {}, "cannot be read").ok());
    ASSERT_TRUE(reaches(begun, InstanceState::kFailed));
    workers_->held = false;
    const RunId c = carried("20261120", 100, 60);
    EXPECT_EQ(receipt(c).at("overwrite"), false);
    ASSERT_TRUE(supervisor_->rerun(begun, {}).ok());
    ASSERT_TRUE(reaches(begun, InstanceState::kFailed));
    const std::string reason = store_->instance(begun)->reason;
    EXPECT_THAT(reason, HasSubstr("other windows were committed into the partition"));
    const size_t at = reason.rfind("; run ");
    ASSERT_NE(at, std::string::npos) << reason;
    const RunId next(reason.substr(at + 6, begun.text().size()));
    ASSERT_TRUE(reaches(next, InstanceState::kCleaned));
    EXPECT_EQ(rows(next), rows(a) + rows(b) + rows(c));
    EXPECT_EQ(receipt(next).at("windows").size(), 3u);
}

}  // namespace
}  // namespace millrace
