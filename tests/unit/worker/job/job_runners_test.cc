#include "worker/job/job_runners.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/config/job_package.h"
#include "common/net/fake_http.h"
#include "common/store/memory_live_store.h"
#include "common/stream/position.h"
#include "tests/unit/common/config/job_text.h"
#include "tests/unit/common/config/transfer_text.h"

namespace millrace {
namespace {

class NoQuarantine final : public QuarantineSink {
  public:
    Status store(const RunId&, const ShardId&, std::span<const std::string>) override {
        return fatal_error("no record of this test is dirty");
    }
};

SealKey key_of(char digit) {
    return *SealKey::parse(Secret(std::string(64, digit)));
}

class JobRunnersTest : public ::testing::Test {
  protected:
    JobRunnersTest() {
        const auto identity = live_.begin_rebuild(Token(0), Token(1), 0);
        EXPECT_TRUE(identity.ok() && live_.end_rebuild(*identity).ok());
        EXPECT_TRUE(live_.raise_ceiling(100).ok());
    }
    // The run with one item, also over what is there.
    void restore(const std::string& package) {
        LiveRun run;
        run.instance.run = kRun;
        run.instance.task = TaskId("task");
        run.items.push_back({.item = ItemId("run/0"),
                             .run = kRun,
                             .shard = ShardId("shard"),
                             .start = to_json(ItemStart())});
        run.package = package;
        ASSERT_TRUE(live_.restore(run).ok());
    }
    std::string package(const std::string& label = "", char key = 'a',
                        const std::string& script = oss_script()) {
        JobPackage made;
        made.request = oss_request();
        made.request.text = script;
        made.request.sources->text =
            replaced(made.request.sources->text, "http://127.0.0.1:8080", table_at_);
        made.shape.key = {{"uid", ValueType::kString}};
        made.label = label;
        return seal(made, kRun, key_of(key), random_);
    }
    JobRunners runners(std::vector<std::string> labels = {}) {
        return JobRunners({live_, quarantine_, clock_, metrics_, key_of('a'), std::move(labels)});
    }
    Claimed claim() {
        const auto claimed =
            live_.claim(ItemId("run/0"), ClaimId(random_.hex(8)), std::chrono::hours(1));
        EXPECT_TRUE(claimed.ok()) << claimed.status().text();
        return claimed.ok() ? *claimed : Claimed();
    }

    const RunId kRun{"run"};
    std::string table_at_ = "http://127.0.0.1:8080";
    FakeClock clock_;
    FakeRandom random_;
    MemoryLiveServer server_{clock_};
    MemoryLiveStore live_{server_, Token(1)};
    NoQuarantine quarantine_;
    Registry metrics_;
};

TEST_F(JobRunnersTest, ItTakesRunsOfItsResourceGroups) {
    JobRunners any = runners(), north = runners({"north"});
    EXPECT_FALSE(any.takes(kRun));
    restore(package("south"));
    EXPECT_TRUE(any.takes(kRun));
    EXPECT_FALSE(north.takes(kRun));
    EXPECT_FALSE(any.takes(RunId("other")));
    restore(package());
    JobRunners later = runners({"north"});
    EXPECT_TRUE(later.takes(kRun));
}

// Another worker, with the right key or of a newer version, can.
TEST_F(JobRunnersTest, APackageThatCannotBeOpenedIsLeftAlone) {
    JobRunners worker = runners();
    restore(package("", 'b'));
    EXPECT_FALSE(worker.takes(kRun));
    EXPECT_FALSE(worker.takes(kRun));
    EXPECT_NE(metrics_.text().find(R"(millrace_doorbells_dropped_total{reason="package"} 1)"),
              std::string::npos);
    EXPECT_EQ(live_.items(kRun)->front().state, ItemState::kReady);
    EXPECT_EQ(live_.items(kRun)->front().epoch, Epoch{});
    restore(package("", 'a', "{\"a job of\": \"another version\"}"));
    clock_.advance(std::chrono::seconds(31));
    EXPECT_FALSE(worker.takes(kRun));
    restore(package());
    EXPECT_FALSE(worker.takes(kRun));
    clock_.advance(std::chrono::seconds(31));
    EXPECT_TRUE(worker.takes(kRun));
}

// A rerun of a script that was changed: what is claimed after it runs by the new one.
TEST_F(JobRunnersTest, TheRunnerFollowsThePackage) {
    JobRunners worker = runners();
    restore(package());
    ASSERT_TRUE(worker.takes(kRun));
    std::string asked;
    FakeHttp http([&](const HttpRequest& request) -> Result<HttpAnswer> {
        asked = request.url;
        return FakeHttp::answer(403, "");
    });
    const CallContext context{http, clock_, random_, {}, {}};
    const Status first = worker.run(claim(), context);
    ASSERT_TRUE(asked.starts_with("http://127.0.0.1:8080")) << asked << " " << first.text();
    table_at_ = "http://127.0.0.1:7777";
    restore(package());
    const Status status = worker.run(claim(), context);
    EXPECT_TRUE(asked.starts_with("http://127.0.0.1:7777")) << asked << " " << status.text();
    EXPECT_TRUE(worker.held().empty());
}

// After a loss of the ledger its items are due before the coordinator has made a new session.
TEST_F(JobRunnersTest, AnItemWithoutAnUploadSessionIsGivenBack) {
    JobRunners worker = runners();
    std::string script = replaced(cells_to_odps(), "${startTime}", "20171107143000");
    script = replaced(script, "${endTime}", "20171107144000");
    restore(package("", 'a', replaced(script, "${bdp.system.bizdate}", "20171107")));
    ASSERT_TRUE(worker.takes(kRun));
    FakeHttp http([](const HttpRequest&) { return FakeHttp::answer(403, ""); });
    const CallContext context{http, clock_, random_, {}, {}};
    const Status status = worker.run(claim(), context);
    EXPECT_EQ(status.code(), Code::kCancelled) << status.text();
}

TEST_F(JobRunnersTest, RunsThatAreGoneAreForgotten) {
    JobRunners worker = runners();
    restore(package());
    ASSERT_TRUE(worker.takes(kRun));
    EXPECT_EQ(worker.known(), 1u);
    clock_.advance(std::chrono::minutes(11));
    EXPECT_FALSE(worker.takes(RunId("other")));
    EXPECT_EQ(worker.known(), 0u);
    ASSERT_TRUE(worker.takes(kRun));
    const Claimed claimed = claim();
    ASSERT_TRUE(live_.forget(kRun).ok());
    FakeHttp http([](const HttpRequest&) { return FakeHttp::answer(500, ""); });
    const CallContext context{http, clock_, random_, {}, {}};
    EXPECT_EQ(worker.run(claimed, context).code(), Code::kLeaseLost);
    EXPECT_EQ(worker.known(), 0u);
}

TEST_F(JobRunnersTest, NothingIsTakenWhileTheLedgerIsLost) {
    JobRunners worker = runners();
    server_.lose();
    EXPECT_FALSE(worker.takes(kRun));
    EXPECT_EQ(worker.known(), 0u);
    FakeHttp http([](const HttpRequest&) { return FakeHttp::answer(500, ""); });
    const CallContext context{http, clock_, random_, {}, {}};
    EXPECT_EQ(worker.run({}, context).code(), Code::kLedgerLost);
}

}  // namespace
}  // namespace millrace
