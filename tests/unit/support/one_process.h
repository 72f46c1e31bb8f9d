// A process that runs jobs against the stand-in cloud, with one worker in the same thread, and may
// die at any call; the ledger stays.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "common/base/fakes/fake_random.h"
#include "common/base/fakes/memory_file_system.h"
#include "common/config/job_parse.h"
#include "common/config/oss_writer.h"
#include "common/services/maxcompute/config.h"
#include "common/services/oss/client.h"
#include "common/store/park_reason.h"
#include "coordinator/commit/make.h"
#include "coordinator/job_coordinator.h"
#include "coordinator/sources/make.h"
#include "tests/standin/odps_service.h"
#include "tests/standin/oss_service.h"
#include "tests/standin/ots_service.h"
#include "tests/unit/standin_http.h"
#include "tests/unit/support/crash.h"
#include "tests/unit/support/fake_bus.h"
#include "worker/job/job_runner.h"
#include "worker/window/quarantine_folder.h"

namespace millrace {

class OneProcess : public ::testing::Test {
  protected:
    OneProcess() {
        events_.on_silence = [this] {
            if (crash_.dead()) stop_.request_stop();
            work_one();
        };
    }

    JobSpec parsed(const nlohmann::json& text) const {
        JobRequest request;
        request.file = "job.json";
        request.text = text.dump();
        request.environment = [](std::string_view) { return std::nullopt; };
        request.schedule = from_millis(began_);
        const ParsedJob made = parse_job(request);
        EXPECT_TRUE(made.job.has_value()) << made.status().text();
        return made.job.value_or(JobSpec());
    }
    // Of plugins with their parameters; no dirty record is allowed.
    JobSpec parsed(const nlohmann::json& reader, const nlohmann::json& writer) const {
        return parsed({{"job",
                        {{"setting", {{"errorLimit", {{"record", 0}}}}},
                         {"content", {{{"reader", reader}, {"writer", writer}}}}}}});
    }
    // Connection parameters of the services.
    static nlohmann::json at_ots() {
        return {{"endpoint", "http://127.0.0.1:9000"},
                {"accessId", "testid"},
                {"accessKey", "testsecret"},
                {"instanceName", "school"}};
    }
    static nlohmann::json at_odps() {
        return {{"odpsServer", "http://127.0.0.1:9002/api"},
                {"project", "demo"},
                {"accessId", "testid"},
                {"accessKey", "testsecret"}};
    }
    static maxcompute::Config odps_config() {
        OdpsAddress address;
        address.endpoint = "http://127.0.0.1:9002/api";
        address.project = "demo";
        address.access_id = "testid";
        address.access_key = Secret("testsecret");
        return *maxcompute::make_config(address);
    }
    // A writer of csv in small parts.
    static nlohmann::json csv_writer(const std::string& object) {
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

    // One process: opens the window and runs it to its receipt, unless it dies.
    Status process(const JobSpec& job, bool replay = false) {
        stop_ = {};
        context_.stop = stop_.get_token();
        MILLRACE_ASSIGN(std::unique_ptr<SourceSide> source, make_source_side(job, context_));
        JobCoordinator* self = nullptr;
        JobCoordinator coordinator(
            job,
            {store_,
             work_,
             events_,
             context_,
             std::move(source),
             [&](const InstanceView& instance) {
                 return make_target_commit(job, instance, {context_, store_, self->source().shape});
             },
             [](const RunId&) -> Result<std::vector<nlohmann::json>> {
                 return std::vector<nlohmann::json>();
             },
             {},
             "host",
             "version"});
        self = &coordinator;
        MILLRACE_TRY(coordinator.connect());
        MILLRACE_TRY(coordinator.finish_open_commits());
        const RunRequest request{
            .window = job.window, .replay = replay, .whole_partition = replay && whole_partition_};
        MILLRACE_ASSIGN(const Opened opened, coordinator.open(request, [](const std::string&) {}));
        last_ = opened.instance.run;
        if (opened.was_done) return {};
        QuarantineFolder quarantine(files_, "/state");
        JobRunner runner(
            {job, coordinator.source().shape, coordinator.source().stream, opened.instance}, store_,
            quarantine, clock_);
        runner_ = &runner;
        const Status status = coordinator.run(opened.instance.run, request);
        runner_ = nullptr;
        return status;
    }
    void work_one() {
        const auto due = store_.list_due(100);
        if (!runner_ || !due.ok() || crash_.dead()) return;
        for (const DueItem& item : *due) {
            if (!runner_->takes(item.run)) continue;
            const auto claimed =
                store_.claim(item.item, ClaimId(random_.hex(8)), std::chrono::hours(1));
            if (!claimed.ok()) continue;
            const Status status = runner_->run(*claimed, context_);
            if (!status.ok() && !crash_.dead()) {
                if (!items_may_fail_) ADD_FAILURE() << status.text();
                (void)(status.code() == Code::kCancelled
                           ? store_.release(claimed->fence, false)
                           : store_.park(item.item, claimed->fence, park_reason(status)));
            }
            (void)events_.publish({item.run, item.item});
            return;
        }
    }
    // Processes that die at random calls, until one comes through.
    void run_through_deaths(const JobSpec& job, bool replay, uint64_t seed,
                            const std::function<void()>& between = {}) {
        std::mt19937_64 random(seed);
        for (int i = 0; i < 300; ++i) {
            crash_.after(static_cast<int>(random() % 80));
            const Status status = process(job, replay);
            const bool died = crash_.dead();
            crash_.never();
            if (status.ok()) return;
            ASSERT_TRUE(died) << status.text();
            ASSERT_TRUE(store_.void_claims().ok());
            work_.waiting.clear();
            events_.waiting.clear();
            if (between) between();
        }
        FAIL() << "no process came through";
    }

    // Objects by name, manifests left out.
    std::map<std::string, std::string> bucket(const JobSpec& job) {
        oss::Client client(context_, read_oss_writer(job.writer)->address);
        std::map<std::string, std::string> found;
        const auto listed = client.list_objects("");
        EXPECT_TRUE(listed.ok());
        for (const auto& object : *listed) {
            if (object.key.find("/_millrace/") != std::string::npos) continue;
            found[object.key] = std::string(client.get_object(object.key)->view());
        }
        EXPECT_TRUE(client.list_multipart_uploads("")->empty()) << "uploads are left open";
        return found;
    }
    nlohmann::json receipt() { return nlohmann::json::parse(store_.instance(last_)->receipt); }

    FakeClock clock_;
    FakeRandom random_;
    standin::ServerClock server_clock_{clock_};
    const int64_t began_ = server_clock_.now_ms();
    standin::Database database_{server_clock_, standin::Hostility(), 3};
    standin::OtsService ots_{{"testid", "testsecret", true}, "school", database_};
    std::unique_ptr<standin::Service> oss_ = standin::make_oss_service(
        {"testid", "testsecret", true}, "examplebucket", server_clock_, 1);
    std::unique_ptr<standin::Service> odps_ = standin::make_odps_service(
        {"testid", "testsecret", true}, "demo", server_clock_, [] { return standin::Hostility(); },
        1);
    AnswerHook hook_;
    FakeHttp::Handler to_ots_ = standin_handler(ots_, hook_);
    FakeHttp::Handler to_oss_ = standin_handler(*oss_, hook_);
    FakeHttp::Handler to_odps_ = standin_handler(*odps_, hook_);
    Crash crash_;
    std::function<void(const HttpRequest&)> on_request_;
    FakeHttp http_{[this](const HttpRequest& request) -> Result<HttpAnswer> {
        const Status dead(Code::kCancelled, "the process has died");
        if (crash_.hit()) return dead;
        if (on_request_) on_request_(request);
        const auto is_at = [&](const char* port) {
            return request.url.find(port) != std::string::npos;
        };
        auto answer = is_at(":9000")   ? to_ots_(request)
                      : is_at(":9002") ? to_odps_(request)
                                       : to_oss_(request);
        if (crash_.hit()) return dead;
        return answer;
    }};
    std::stop_source stop_;
    CallContext context_{http_, clock_, random_, {}, {}};
    CrashingStore store_{clock_, crash_};
    MemoryFileSystem files_;
    FakeBus work_{clock_}, events_{clock_};
    JobRunner* runner_ = nullptr;
    bool items_may_fail_ = false;
    bool whole_partition_ = false;  // of replays
    RunId last_;
};

}  // namespace millrace
