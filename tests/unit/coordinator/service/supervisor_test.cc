// Runs of a supervisor with workers in threads, against the stand-in cloud.
#include "coordinator/service/supervisor.h"

#include "tests/unit/support/small_cluster.h"

namespace millrace {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr Duration kLong = std::chrono::seconds(20);

class SupervisorTest : public ::testing::Test {
  protected:
    SupervisorTest() { begin(); }
    ~SupervisorTest() override { end(); }

    // A coordinator's process begins, and ends.
    void begin(size_t runs_max = 4) {
        supervisor_ = std::make_unique<Supervisor>(SupervisorParts{
            .world = {.store = catalog_.ledger(),
                      .work = work_,
                      .http = http_,
                      .clock = clock_,
                      .random = random_,
                      .keep_package = {},
                      .quarantine_of = [](const RunId&) -> Result<std::vector<json>> {
                          return std::vector<json>();
                      },
                      .host = "host",
                      .program = "version"},
            .catalog = catalog_,
            .key = key_,
            .runs_max = runs_max,
            .pause_first = std::chrono::milliseconds(5),
            .pause_last = std::chrono::milliseconds(20)});
        ASSERT_TRUE(supervisor_->resume_all().ok());
        Supervisor* at = supervisor_.get();
        workers_ = std::make_unique<WorkerThreads>(
            2, catalog_, cloud_, key_, [at](const Doorbell& doorbell) { at->ring(doorbell); });
    }
    void end() {
        workers_.reset();
        supervisor_.reset();
    }

    JobPackage package(int64_t from, int64_t to, const std::string& object = "dir/t") const {
        JobPackage made;
        made.request.file = "job.json";
        made.request.schedule = from_millis(began_);
        made.request.text =
            json({{"job",
                   {{"setting", {{"errorLimit", {{"record", 0}}}, {"speed", {{"concurrent", 2}}}}},
                    {"content", {{{"reader", reader(from, to)}, {"writer", writer(object)}}}}}}})
                .dump();
        return made;
    }
    json reader(int64_t from, int64_t to) const {
        return {{"name", "otsstreamreader"},
                {"parameter",
                 {{"endpoint", "http://127.0.0.1:9000"},
                  {"accessId", "testid"},
                  {"accessKey", "testsecret"},
                  {"instanceName", "school"},
                  {"dataTable", "t"},
                  {"statusTable", "status"},
                  {"startTimestampMillis", began_ - from * kMinuteMs},
                  {"endTimestampMillis", began_ - to * kMinuteMs},
                  {"mode", "single_version_and_update_only"},
                  {"column", {{{"name", "pk"}}, {{"name", "c0"}}, {{"name", "c1"}}}}}}};
    }
    static json writer(const std::string& object) {
        return {{"name", "osswriter"},
                {"parameter",
                 {{"endpoint", "http://127.0.0.1:9001"},
                  {"accessId", "testid"},
                  {"accessKey", "testsecret"},
                  {"bucket", "examplebucket"},
                  {"object", object},
                  {"writeMode", "truncate"},
                  {"fileFormat", "csv"},
                  {"partBytes", 102400}}}};
    }
    Accepted submitted(JobPackage made) {
        auto job = job_of(made);
        EXPECT_TRUE(job.ok()) << job.status().text();
        auto accepted = supervisor_->submit(std::move(made), *std::move(job));
        EXPECT_TRUE(accepted.ok()) << accepted.status().text();
        return accepted.ok() ? *accepted : Accepted();
    }
    // Until the run is in `state`, and nobody drives it when that is its end.
    testing::AssertionResult reaches(const RunId& run, InstanceState state) {
        const MonoTime until = clock_.monotonic() + kLong;
        while (clock_.monotonic() < until) {
            supervisor_->tend();
            const auto instance = catalog_.ledger().instance(run);
            const auto standing = supervisor_->standing(run);
            const bool driven = standing && standing->stage != Stage::kEnded;
            if (instance.ok() && instance->state == state &&
                (!driven || state == InstanceState::kCommitting)) {
                return testing::AssertionSuccess();
            }
            (void)clock_.sleep(std::chrono::milliseconds(2), {});
        }
        const auto standing = supervisor_->standing(run);
        const auto instance = catalog_.ledger().instance(run);
        return testing::AssertionFailure()
               << (instance.ok() ? name_of(instance->state) : "no instance") << ": "
               << (standing ? standing->text : "not driven");
    }
    json receipt(const RunId& run) {
        const auto instance = catalog_.ledger().instance(run);
        json made = json::parse(instance.ok() ? instance->receipt : "", nullptr, false);
        if (made.is_object()) made.erase("meta");
        return made;
    }

    SystemClock clock_;
    SmallCloud cloud_;
    const int64_t began_ = cloud_.now_ms();
    FakeRandom random_;
    LedgerCatalog catalog_{clock_};
    const SealKey key_ = *SealKey::parse(Secret(std::string(64, 'a')));
    MemoryBus work_;
    FakeHttp http_{[this](const HttpRequest& request) { return cloud_.handle(request); }};
    std::unique_ptr<Supervisor> supervisor_;
    std::unique_ptr<WorkerThreads> workers_;
};

TEST_F(SupervisorTest, ASubmittedWindowIsCarriedAndASecondSubmissionFindsIt) {
    const Accepted first = submitted(package(180, 40));
    ASSERT_TRUE(reaches(first.run, InstanceState::kCleaned));
    EXPECT_GT(receipt(first.run).at("counts").at("read"), 600);
    const Accepted second = submitted(package(180, 40));
    EXPECT_EQ(second.run, first.run);
    EXPECT_TRUE(second.was_done);
    EXPECT_FALSE(first.was_done);
}

TEST_F(SupervisorTest, WindowsOfATaskRunInOrderOthersAtOnce) {
    workers_->held = true;
    const Accepted first = submitted(package(180, 120));
    const Accepted later = submitted(package(120, 60));
    const Accepted other = submitted(package(180, 60, "other/t"));
    EXPECT_THAT(later.notes.back(), HasSubstr("waits for run " + first.run.text()));
    EXPECT_TRUE(other.notes.empty());
    EXPECT_EQ(catalog_.ledger().instance(later.run).status().code(), Code::kNotFound);
    workers_->held = false;
    for (const Accepted& one : {first, later, other}) {
        EXPECT_TRUE(reaches(one.run, InstanceState::kCleaned));
    }
    const auto read = [&](const Accepted& one) {
        return receipt(one.run).at("counts").at("read").get<uint64_t>();
    };
    EXPECT_EQ(read(first) + read(later), read(other));
}

TEST_F(SupervisorTest, TwoSubmissionsOfAWindowAtOnceAreOneRun) {
    workers_->held = true;
    const Accepted first = submitted(package(180, 120));
    EXPECT_EQ(submitted(package(180, 120)).run, first.run);
}

TEST_F(SupervisorTest, WhatIsRefusedIsToldAtOnce) {
    const Accepted done = submitted(package(180, 120));
    ASSERT_TRUE(reaches(done.run, InstanceState::kCleaned));
    JobPackage overlapping = package(150, 100);
    const auto refused = supervisor_->submit(overlapping, *job_of(overlapping));
    EXPECT_THAT(refused.status().text(), HasSubstr("overlaps window"));
    JobPackage early = package(5000, 40, "early/t");
    const auto too_early = supervisor_->submit(early, *job_of(early));
    EXPECT_EQ(too_early.status().code(), Code::kConfig);
    EXPECT_TRUE(catalog_.pending()->empty());
}

TEST_F(SupervisorTest, ACoordinatorThatEndsLeavesWorkThatTheNextOneGoesOnWith) {
    const Accepted wanted = submitted(package(180, 40, "calm/t"));
    ASSERT_TRUE(reaches(wanted.run, InstanceState::kCleaned));
    workers_->held = true;
    const Accepted run = submitted(package(180, 120));
    const Accepted waiting = submitted(package(120, 40));
    end();
    begin();
    ASSERT_TRUE(reaches(run.run, InstanceState::kCleaned));
    ASSERT_TRUE(reaches(waiting.run, InstanceState::kCleaned));
    EXPECT_EQ(receipt(run.run).at("counts").at("read").get<int>() +
                  receipt(waiting.run).at("counts").at("read").get<int>(),
              receipt(wanted.run).at("counts").at("read"));
}

TEST_F(SupervisorTest, ACommitGoesOnInTheNextCoordinator) {
    std::atomic<bool> broken = true;
    cloud_.on_request = [&](const HttpRequest& request) {
        const bool complete =
            request.method == Method::kPost && request.url.find("uploadId=") != std::string::npos;
        if (complete && broken) (void)clock_.sleep(std::chrono::milliseconds(300), {});
    };
    const Accepted run = submitted(package(180, 40));
    ASSERT_TRUE(reaches(run.run, InstanceState::kCommitting));
    end();
    broken = false;
    begin();
    ASSERT_TRUE(reaches(run.run, InstanceState::kCleaned));
}

TEST_F(SupervisorTest, ACancelledRunLeavesNothing) {
    workers_->held = true;
    const Accepted run = submitted(package(180, 40));
    const Status cancelled = supervisor_->cancel(run.run);
    ASSERT_TRUE(cancelled.ok()) << cancelled.text();
    EXPECT_EQ(catalog_.ledger().instance(run.run)->state, InstanceState::kCancelled);
    const Status again = supervisor_->cancel(run.run);
    EXPECT_THAT(again.text(), HasSubstr("is CANCELLED"));
}

TEST_F(SupervisorTest, AWaitingSubmissionIsCancelledWithoutATrace) {
    workers_->held = true;
    const Accepted first = submitted(package(180, 120));
    const Accepted later = submitted(package(120, 60));
    ASSERT_TRUE(supervisor_->cancel(later.run).ok());
    EXPECT_EQ(catalog_.pending()->size(), 0u);
    workers_->held = false;
    EXPECT_TRUE(reaches(first.run, InstanceState::kCleaned));
    EXPECT_FALSE(catalog_.ledger().instance(later.run).ok());
}

TEST_F(SupervisorTest, AFailedRunGoesOnWhenAPersonWantsIt) {
    workers_->held = true;
    const Accepted run = submitted(package(180, 40));
    // An item that cannot be read.
    const MonoTime until = clock_.monotonic() + kLong;
    auto items = catalog_.ledger().items(run.run);
    while (items->empty() && clock_.monotonic() < until) {
        (void)clock_.sleep(std::chrono::milliseconds(2), {});
        items = catalog_.ledger().items(run.run);
    }
    ASSERT_FALSE(items->empty());
    ASSERT_TRUE(catalog_.ledger().park(items->front().item, {}, "cannot be read").ok());
    supervisor_->ring({run.run, items->front().item});
    ASSERT_TRUE(reaches(run.run, InstanceState::kFailed));
    EXPECT_THAT(catalog_.ledger().instance(run.run)->reason, HasSubstr("cannot be read"));
    workers_->held = false;
    const auto again = supervisor_->rerun(run.run, 5);
    ASSERT_TRUE(again.ok()) << again.status().text();
    EXPECT_EQ(again->run, run.run);
    ASSERT_TRUE(reaches(run.run, InstanceState::kCleaned));
    EXPECT_THAT(supervisor_->rerun(run.run, {}).status().text(), HasSubstr("replay its window"));
}

TEST_F(SupervisorTest, OnlySoManyRunsAreDriven) {
    end();
    begin(1);
    workers_->held = true;
    const Accepted first = submitted(package(180, 40, "a/t"));
    const Accepted second = submitted(package(180, 40, "b/t"));
    EXPECT_THAT(second.notes.back(), HasSubstr("1 runs are driven already"));
    workers_->held = false;
    EXPECT_TRUE(reaches(first.run, InstanceState::kCleaned));
    EXPECT_TRUE(reaches(second.run, InstanceState::kCleaned));
}

}  // namespace
}  // namespace millrace
