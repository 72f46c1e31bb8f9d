// A supervisor with workers in threads, against the stand-in cloud.
#pragma once

#include "coordinator/service/supervisor.h"
#include "tests/unit/support/small_cluster.h"

namespace millrace {

class ServiceTest : public ::testing::Test {
  protected:
    static constexpr Duration kLong = std::chrono::seconds(20);

    ServiceTest() { begin(); }
    ~ServiceTest() override { end(); }

    // A coordinator's process begins, and ends.
    void begin(size_t runs_max = 4) {
        store_ = servers_.taken_over(clock_);
        world_ = std::make_unique<RunWorld>(
            RunWorld{.store = *store_,
                     .work = work_,
                     .http = http_,
                     .clock = clock_,
                     .random = random_,
                     .key = key_,
                     .quarantine_of = [](const RunId&) -> Result<std::vector<nlohmann::json>> {
                         return std::vector<nlohmann::json>();
                     },
                     .host = "host",
                     .program = "version"});
        supervisor_ = std::make_unique<Supervisor>(
            SupervisorParts{.world = *world_,
                            .runs_max = runs_max,
                            .pause_first = std::chrono::milliseconds(5),
                            .pause_last = std::chrono::milliseconds(20)});
        ASSERT_TRUE(supervisor_->resume_all().ok());
        Supervisor* at = supervisor_.get();
        workers_ = std::make_unique<WorkerThreads>(
            2, servers_.live, cloud_, key_, [at](const Doorbell& doorbell) { at->ring(doorbell); });
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
            nlohmann::json(
                {{"job",
                  {{"setting", {{"errorLimit", {{"record", 0}}}, {"speed", {{"concurrent", 2}}}}},
                   {"content", {{{"reader", reader(from, to)}, {"writer", writer(object)}}}}}}})
                .dump();
        return made;
    }
    // A realtime job that was accepted so many minutes ago.
    JobPackage realtime(int64_t ago) const {
        JobPackage made = package(180, 40);
        nlohmann::json job = nlohmann::json::parse(made.request.text);
        nlohmann::json& parameter = job["job"]["content"][0]["reader"]["parameter"];
        parameter.erase("startTimestampMillis");
        parameter.erase("endTimestampMillis");
        parameter["latency"] = "realtime";
        made.request.text = job.dump();
        made.request.schedule = from_millis(began_ - ago * kMinuteMs);
        return made;
    }
    nlohmann::json reader(int64_t from, int64_t to) const {
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
    static nlohmann::json writer(const std::string& object) {
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
            const auto instance = store_->instance(run);
            const auto standing = supervisor_->standing(run);
            const bool driven = standing && standing->stage != Stage::kEnded;
            if (instance.ok() && instance->state == state &&
                (!driven || state == InstanceState::kCommitting)) {
                return testing::AssertionSuccess();
            }
            (void)clock_.sleep(std::chrono::milliseconds(2), {});
        }
        const auto standing = supervisor_->standing(run);
        const auto instance = store_->instance(run);
        return testing::AssertionFailure()
               << (instance.ok() ? name_of(instance->state) : "no instance") << ": "
               << (standing ? standing->text : "not driven");
    }
    nlohmann::json receipt(const RunId& run) {
        const auto instance = store_->instance(run);
        nlohmann::json made =
            nlohmann::json::parse(instance.ok() ? instance->receipt : "", nullptr, false);
        if (made.is_object()) made.erase("meta");
        return made;
    }

    SystemClock clock_;
    SmallCloud cloud_;
    const int64_t began_ = cloud_.now_ms();
    FakeRandom random_;
    MemoryServers servers_{clock_};
    const SealKey key_ = *SealKey::parse(Secret(std::string(64, 'a')));
    MemoryBus work_;
    FakeHttp http_{[this](const HttpRequest& request) { return cloud_.handle(request); }};
    std::unique_ptr<ClusterStore> store_;
    std::unique_ptr<RunWorld> world_;
    std::unique_ptr<Supervisor> supervisor_;
    std::unique_ptr<WorkerThreads> workers_;
};

}  // namespace millrace
