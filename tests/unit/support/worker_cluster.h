// A coordinator and workers as they live in a cluster, in one process: a live store and a bus in
// memory, objects of the stand-in cloud as source and target, real threads and a real clock.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "common/base/random.h"
#include "common/bus/memory_bus.h"
#include "common/config/job_package.h"
#include "common/config/oss_writer.h"
#include "common/services/oss/client.h"
#include "common/store/memory_live_store.h"
#include "coordinator/commit/make.h"
#include "coordinator/job_coordinator.h"
#include "coordinator/sources/make.h"
#include "tests/standin/oss_service.h"
#include "tests/unit/standin_http.h"
#include "worker/service/worker_process.h"

namespace millrace {

// What one worker's calls pass; may block, for as long as the worker is frozen.
class Passage {
  public:
    void freeze() {
        const std::lock_guard lock(mutex_);
        frozen_ = true;
    }
    void thaw() {
        const std::lock_guard lock(mutex_);
        frozen_ = false;
        thawed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        thawed_.wait(lock, [this] { return !frozen_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable thawed_;
    bool frozen_ = false;
};

// The packages of runs.
class Packages {
  public:
    void put(const RunId& run, std::string package) {
        const std::lock_guard lock(mutex_);
        packages_[run] = std::move(package);
    }
    void remove(const RunId& run) {
        const std::lock_guard lock(mutex_);
        packages_.erase(run);
    }
    Result<std::string> of(const RunId& run) {
        const std::lock_guard lock(mutex_);
        const auto found = packages_.find(run);
        if (found == packages_.end()) return Status(Code::kNotFound, "no such run");
        return found->second;
    }

  private:
    std::mutex mutex_;
    std::map<RunId, std::string> packages_;
};

// The live store as one process sees it, with packages of our own.
class SeenStore final : public ForwardedLiveStore {
  public:
    SeenStore(LiveStore& store, Packages& packages, Passage* passage)
        : store_(store), packages_(packages), passage_(passage) {}
    Result<std::string> package(const RunId& run) override {
        if (passage_) passage_->pass();
        return packages_.of(run);
    }

  protected:
    LiveStore& inner() override { return store_; }
    Status around(const char*, const std::function<Status()>& call) override {
        if (passage_) passage_->pass();
        const Status status = call();
        if (passage_) passage_->pass();
        return status;
    }

  private:
    LiveStore& store_;
    Packages& packages_;
    Passage* passage_;
};

class NoQuarantine final : public QuarantineSink {
  public:
    Status store(const RunId&, const ShardId&, std::span<const std::string>) override {
        return fatal_error("no record of this test is dirty");
    }
};

class WorkerCluster : public ::testing::Test {
  protected:
    // A worker with what it lives on.
    struct Worker {
        Worker(WorkerCluster& cluster, const ProcessConfig& config)
            : http([this, &cluster](const HttpRequest& request) -> Result<HttpAnswer> {
                  auto answer = cluster.to_oss_(request);
                  if (cluster.on_request_) cluster.on_request_(*this, request);
                  passage.pass();
                  return answer;
              }),
              store(cluster.live_, cluster.packages_, &passage),
              events([&cluster](const wire::Event& event) { cluster.take(event); }, cluster.clock_,
                     metrics) {
            auto made = WorkerProcess::create(
                config,
                {store, cluster.work_, [] { return Status(); }, events, cluster.quarantine_, http,
                 cluster.clock_, cluster.random_, metrics, cluster.key_, "host", "version"});
            EXPECT_TRUE(made.ok()) << made.status().text();
            process = *std::move(made);
        }
        Passage passage;
        FakeHttp http;
        Registry metrics;
        SeenStore store;
        WorkerEvents events;
        std::unique_ptr<WorkerProcess> process;
    };

    WorkerCluster() {
        config_.worker.slots = 2;
        config_.worker.look_every = std::chrono::milliseconds(20);
        MemoryLiveStore store(server_, Token(1));
        const auto identity = store.begin_rebuild(Token(0), Token(1), 0);
        EXPECT_TRUE(identity.ok() && store.end_rebuild(*identity).ok());
        EXPECT_TRUE(store.raise_ceiling(1'000'000).ok());
    }

    void put(const std::string& key, const std::string& bytes) {
        ASSERT_TRUE(client().put_object(key, bytes).ok());
    }
    // All rows under a prefix, in the order of the objects' names.
    std::string rows(const std::string& prefix) {
        std::string all;
        const auto objects = client().list_objects(prefix);
        for (const auto& object : *objects) {
            if (object.key.find("/_millrace/") != std::string::npos) continue;
            all += std::string(client().get_object(object.key)->view());
        }
        EXPECT_TRUE(client().list_multipart_uploads("")->empty()) << "uploads are left open";
        return all;
    }
    // From all objects under in/ to objects in small parts under out/.
    JobRequest script(int concurrent, double mbps = 0) const {
        const nlohmann::json at = {{"endpoint", "http://127.0.0.1:9001"},
                                   {"accessId", "testid"},
                                   {"accessKey", "testsecret"},
                                   {"bucket", "examplebucket"},
                                   {"fileFormat", "csv"}};
        nlohmann::json reader = at, writer = at;
        reader.update({{"object", "in/*"}, {"column", {"*"}}});
        writer.update({{"object", "out/t"}, {"writeMode", "truncate"}, {"partBytes", 102400}});
        JobRequest request;
        request.file = "job.json";
        request.text =
            nlohmann::json{{"job",
                            {{"setting", {{"speed", {{"concurrent", concurrent}, {"mbps", mbps}}}}},
                             {"content",
                              {{{"reader", {{"name", "ossreader"}, {"parameter", reader}}},
                                {"writer", {{"name", "osswriter"}, {"parameter", writer}}}}}}}}}
                .dump();
        request.environment = [](std::string_view) { return std::nullopt; };
        request.schedule = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
        return request;
    }

    // A coordinator's run of a job, from the request to the receipt.
    Status coordinate(const JobRequest& request) {
        const ParsedJob parsed = parse_job(request);
        if (!parsed.job) return parsed.status();
        const JobSpec& job = *parsed.job;
        MILLRACE_ASSIGN(std::unique_ptr<SourceSide> source, make_source_side(job, context_));
        JobCoordinator* self = nullptr;
        CoordinatorParts parts{
            live_,
            work_,
            events_,
            context_,
            std::move(source),
            [&](const InstanceView& instance) {
                return make_target_commit(job, instance, {context_, live_, self->source().shape});
            },
            [](const RunId&) -> Result<std::vector<nlohmann::json>> {
                return std::vector<nlohmann::json>();
            },
            {},
            "host",
            "version"};
        parts.keep_package = [&](const RunId& run) {
            const JobPackage package{
                .request = request, .shape = self->source().shape, .label = label_};
            packages_.put(run, seal(package, run, key_, random_));
            return Status();
        };
        JobCoordinator coordinator(job, std::move(parts));
        self = &coordinator;
        MILLRACE_TRY(coordinator.connect());
        MILLRACE_ASSIGN(const Opened opened, coordinator.open({}, [](const std::string&) {}));
        last_ = opened.instance.run;
        const Status status = coordinator.run(last_, {});
        return status;
    }
    std::future<Status> coordinate_aside(int concurrent, double mbps = 0) {
        return std::async(std::launch::async, [this, concurrent, mbps] {
            return coordinate(script(concurrent, mbps));
        });
    }

    void take(const wire::Event& event) {
        const std::lock_guard lock(mutex_);
        told_.push_back(event);
        if (event.has_changed()) {
            (void)events_.publish({RunId(event.run()), ItemId(event.item())});
        }
    }
    std::vector<wire::Event> told() {
        const std::lock_guard lock(mutex_);
        return told_;
    }

    oss::Client client() {
        JobRequest request = script(1);
        return oss::Client(context_, read_oss_writer(parse_job(request).job->writer)->address);
    }

    SystemClock clock_;
    SystemRandom random_;
    standin::ServerClock server_clock_{clock_};
    std::unique_ptr<standin::Service> oss_ = standin::make_oss_service(
        {"testid", "testsecret", true}, "examplebucket", server_clock_, 1);
    AnswerHook hook_;
    FakeHttp::Handler to_oss_ = standin_handler(*oss_, hook_);
    std::function<void(Worker&, const HttpRequest&)> on_request_;
    FakeHttp http_{to_oss_};
    CallContext context_{http_, clock_, random_, {}, {}};
    const SealKey key_ = *SealKey::parse(Secret(std::string(64, 'a')));
    MemoryLiveServer server_{clock_};
    MemoryLiveStore live_{server_};
    Packages packages_;
    MemoryBus work_, events_;
    NoQuarantine quarantine_;
    ProcessConfig config_;
    std::string label_;
    RunId last_;
    std::mutex mutex_;
    std::vector<wire::Event> told_;  // guarded by mutex_
};

}  // namespace millrace
