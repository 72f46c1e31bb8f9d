#include "coordinator/service/operations.h"

#include "common/base/log.h"

#include "tests/unit/coordinator/service/service_fixture.h"

namespace millrace {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class OperationsTest : public ServiceTest {
  protected:
    OperationsTest() {
        EXPECT_TRUE(log_.open().ok());
        begin_operations();
    }
    void begin_operations() {
        operations_ = std::make_unique<ClusterOperations>(
            OperationParts{*supervisor_, *world_, log_, table_, OwnSources{own_, {}}});
    }
    Submission submission(int64_t from, int64_t to, const std::string& object = "dir/t") const {
        Submission made;
        made.file = "job.json";
        made.script = package(from, to, object).request.text;
        return made;
    }
    RunId submitted_run(const Submission& submission) {
        const auto submitted = operations_->submit(submission);
        EXPECT_TRUE(submitted.ok()) << submitted.status().text();
        return submitted.ok() ? submitted->run : RunId();
    }
    json shown(const RunId& run) {
        const auto view = operations_->run(run);
        EXPECT_TRUE(view.ok()) << view.status().text();
        return view.ok() ? *view : json::object();
    }
    Window window(int64_t from, int64_t to) const {
        return {from_millis(began_ - from * kMinuteMs), from_millis(began_ - to * kMinuteMs)};
    }

    MemoryFileSystem files_;
    RunLog log_{files_, "/logs"};
    WorkerTable table_;
    std::optional<SourcesText> own_;
    std::unique_ptr<ClusterOperations> operations_;
};

TEST_F(OperationsTest, ARunIsShownFromItsSubmissionToItsReceipt) {
    Submission one = submission(180, 40);
    one.name = "daily";
    one.label = "blue";
    const RunId run = submitted_run(one);
    ASSERT_TRUE(reaches(run, InstanceState::kCleaned));
    const json view = shown(run);
    EXPECT_EQ(view.at("state"), "CLEANED");
    EXPECT_EQ(view.at("name"), "daily");
    EXPECT_EQ(view.at("label"), "blue");
    EXPECT_EQ(view.at("window").at("start"), to_iso8601(window(180, 40).start));
    EXPECT_EQ(view.at("itemsWritten"), view.at("items").size());
    EXPECT_EQ(view.at("read"), view.at("receipt").at("counts").at("read"));
    EXPECT_TRUE(view.at("lagSeconds").is_null());
    EXPECT_THAT(view.at("identity").get<std::string>(), Not(IsEmpty()));
    EXPECT_THAT(view.at("items")[0].at("position").get<std::string>(), HasSubstr("T"));
    const auto all = operations_->runs(10, false);
    ASSERT_EQ(all->at("runs").size(), 1u);
    EXPECT_EQ(all->at("runs")[0].at("run"), run.text());
    EXPECT_TRUE(operations_->runs(10, true)->at("runs").empty());
}

TEST_F(OperationsTest, TheNewestRunStandsFirstAndSaysWhenItWasSubmitted) {
    workers_->held = true;
    const RunId first = submitted_run(submission(180, 120));
    (void)clock_.sleep(std::chrono::milliseconds(2), {});
    const RunId waiting = submitted_run(submission(120, 60));
    const json runs = operations_->runs(10, true)->at("runs");
    ASSERT_EQ(runs.size(), 2u);
    EXPECT_EQ(runs[0].at("run"), waiting.text());
    EXPECT_EQ(runs[0].at("state"), "WAITING");
    EXPECT_THAT(runs[0].at("reason").get<std::string>(), HasSubstr(first.text()));
    EXPECT_EQ(runs[1].at("state"), "RUNNING");
    EXPECT_GT(runs[1].at("lagSeconds"), 60 * 60);
    const auto created = created_at(first);
    ASSERT_TRUE(created.has_value());
    EXPECT_LT(clock_.now() - *created, std::chrono::minutes(1));
    EXPECT_EQ(shown(waiting).at("state"), "WAITING");
    EXPECT_THAT(operations_->pause(waiting).text(), HasSubstr("has not begun"));
}

TEST_F(OperationsTest, LimitsAndPausesStandInTheLedger) {
    workers_->held = true;
    const RunId run = submitted_run(submission(180, 40));
    ASSERT_TRUE(operations_->set(run, {.bytes_per_second = 3.0 * 1048576, .concurrent = 7}).ok());
    ASSERT_TRUE(operations_->pause(run).ok());
    EXPECT_EQ(shown(run).at("mbps"), 3.0);
    EXPECT_EQ(shown(run).at("concurrent"), 7);
    EXPECT_EQ(shown(run).at("paused"), true);
    workers_->held = false;
    EXPECT_TRUE(store_->list_due(10)->empty());
    ASSERT_TRUE(operations_->resume(run).ok());
    ASSERT_TRUE(reaches(run, InstanceState::kCleaned));
    EXPECT_FALSE(operations_->pause(run).ok());
}

TEST_F(OperationsTest, ARangeIsReplayedWindowByWindow) {
    for (const auto& [from, to] : {std::pair{180, 120}, {120, 60}, {60, 40}}) {
        ASSERT_TRUE(reaches(submitted_run(submission(from, to)), InstanceState::kCleaned));
    }
    const json before = operations_->runs(10, false)->at("runs");
    ReplayRequest request;
    request.run = RunId(before[0].at("run").get<std::string>());
    request.range = window(180, 50);
    request.dry_run = true;
    const auto dry = operations_->replay(request);
    ASSERT_TRUE(dry.ok()) << dry.status().text();
    ASSERT_EQ(dry->at("windows").size(), 2u);
    EXPECT_FALSE(dry->at("windows")[0].contains("run"));
    EXPECT_EQ(operations_->runs(10, false)->at("runs").size(), 3u);
    request.dry_run = false;
    const auto replayed = operations_->replay(request);
    ASSERT_TRUE(replayed.ok()) << replayed.status().text();
    for (const json& one : replayed->at("windows")) {
        const RunId run(one.at("run").get<std::string>());
        ASSERT_TRUE(reaches(run, InstanceState::kCleaned));
        EXPECT_EQ(shown(run).at("kind"), "replay");
        EXPECT_EQ(shown(run).at("read"),
                  shown(RunId(one.at("replaces").get<std::string>())).at("read"));
    }
    request.range = window(100, 90);
    EXPECT_EQ(operations_->replay(request).status().code(), Code::kNotFound);
}

TEST_F(OperationsTest, TheLogOfARunIsReadOnAndOn) {
    log::set_observer([this](const log::Line& line) {
        if (!line.run.empty()) {
            log_.add(RunId(std::string(line.run)), clock_.now(), std::string(line.text));
        }
    });
    const RunId run = submitted_run(submission(180, 40));
    ASSERT_TRUE(reaches(run, InstanceState::kCleaned));
    log::set_observer({});
    const auto first = operations_->log(run, 0, 1);
    ASSERT_TRUE(first.ok()) << first.status().text();
    EXPECT_THAT(first->lines.at(0), HasSubstr("instance_created run=" + run.text()));
    EXPECT_FALSE(first->ended);
    const auto rest = operations_->log(run, first->next, 100);
    EXPECT_THAT(rest->lines.back(), HasSubstr("run_ended"));
    EXPECT_TRUE(rest->ended);
    EXPECT_EQ(operations_->log(RunId("nobody"), 0, 1).status().code(), Code::kNotFound);
}

TEST_F(OperationsTest, AJobWithErrorsIsRefusedWithItsFindings) {
    Submission wrong = submission(180, 40);
    wrong.script = "{\"job\": {}}";
    const auto refused = operations_->submit(wrong);
    EXPECT_EQ(refused.status().code(), Code::kConfig);
    EXPECT_THAT(refused.status().text(), HasSubstr("job.json:1:"));
}

TEST_F(OperationsTest, JobsWithoutTheirOwnSourcesGetTheCoordinators) {
    Submission one = submission(180, 40);
    json script = json::parse(one.script);
    json& reader = script["job"]["content"][0]["reader"]["parameter"];
    for (const char* name : {"endpoint", "accessId", "accessKey", "instanceName"}) {
        reader.erase(name);
    }
    reader["datasource"] = "school";
    one.script = script.dump();
    EXPECT_THAT(operations_->submit(one).status().text(), HasSubstr("no data sources file"));
    const char* sources =
        R"({"school": {"type": "ots", "endpoint": "http://127.0.0.1:9000", "instance": "school",
            "accessId": "testid", "accessKey": "testsecret"}})";
    own_ = SourcesText{"sources.json", sources};
    begin_operations();
    EXPECT_TRUE(reaches(submitted_run(one), InstanceState::kCleaned));
    one.sources = "{}";
    one.name = "other";
    EXPECT_THAT(operations_->submit(one).status().text(), HasSubstr("no entry \"school\""));
}

TEST_F(OperationsTest, AStandbyAnswersOnlyForItself) {
    StandingBy standby("1.0");
    EXPECT_EQ(standby.cluster()->at("role"), "standby");
    EXPECT_EQ(standby.runs(1, false).status().code(), Code::kUnreachable);
    EXPECT_FALSE(standby.ready().ok());
    standby.lead(*operations_);
    EXPECT_EQ(standby.cluster()->at("role"), "active");
    EXPECT_TRUE(standby.runs(1, false).ok());
    EXPECT_TRUE(standby.ready().ok());
}

TEST_F(OperationsTest, WorkersAreThoseThatWereHeardOfLately) {
    table_.seen({.id = "w1", .slots = 4, .items = {ItemId("r/0")}, .seen = clock_.monotonic()});
    table_.seen({.id = "w2", .seen = clock_.monotonic() - std::chrono::minutes(1)});
    EXPECT_EQ(table_.holder(ItemId("r/0")), "w1");
    const json workers = operations_->cluster()->at("workers");
    ASSERT_EQ(workers.size(), 1u);
    EXPECT_EQ(workers[0].at("id"), "w1");
    EXPECT_EQ(workers[0].at("busy"), 1);
    table_.left("w1");
    EXPECT_EQ(table_.holder(ItemId("r/0")), "");
    EXPECT_TRUE(operations_->cluster()->at("workers").empty());
}

}  // namespace
}  // namespace millrace
