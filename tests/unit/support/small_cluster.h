// A cluster in one process: a supervisor, workers in threads, the stand-in cloud without sockets.
#pragma once

#include <gmock/gmock.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "common/base/fakes/fake_random.h"
#include "common/base/fakes/memory_file_system.h"
#include "common/store/memory_live_store.h"
#include "coordinator/catalog/memory_log.h"
#include "coordinator/service/supervisor.h"
#include "tests/standin/odps_service.h"
#include "tests/standin/oss_service.h"
#include "tests/standin/ots_service.h"
#include "tests/unit/standin_http.h"
#include "tests/unit/support/changing_table.h"
#include "worker/job/job_runner.h"
#include "worker/window/quarantine_folder.h"

namespace millrace {

constexpr int64_t kMinuteMs = 60'000;

// Tablestore at :9000 with the table "t" and 3 hours of changes, OSS at :9001, MaxCompute at :9002.
class SmallCloud {
  public:
    SmallCloud() { add_changing_table(database_, now_ms()); }

    // One request after the other.
    Result<HttpAnswer> handle(const HttpRequest& request) {
        if (on_request) on_request(request);
        const std::lock_guard lock(mutex_);
        const auto is_at = [&](const char* port) {
            return request.url.find(port) != std::string::npos;
        };
        if (is_at(":9000")) return to_ots_(request);
        return is_at(":9002") ? to_odps_(request) : to_oss_(request);
    }
    int64_t now_ms() const { return server_clock_.now_ms(); }
    std::function<void(const HttpRequest&)> on_request;

  private:
    std::mutex mutex_;
    SystemClock clock_;
    standin::ServerClock server_clock_{clock_};
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
};

// The ledger of a cluster whose servers are in memory; may be taken over by one after the other.
struct MemoryServers {
    explicit MemoryServers(Clock& clock) : live(clock) {}

    std::unique_ptr<ClusterStore> taken_over(Clock& clock) {
        MemoryCatalogLog& log = *logs.emplace_back(std::make_unique<MemoryCatalogLog>(catalog));
        auto store = std::make_unique<ClusterStore>(
            ClusterParts{.log = log,
                         .live = [this](std::optional<Token> token) -> std::unique_ptr<LiveStore> {
                             return std::make_unique<MemoryLiveStore>(live, token);
                         },
                         .clock = clock,
                         .lease_ttl = std::chrono::milliseconds(100)});
        const Status status = store->take_over({});
        EXPECT_TRUE(status.ok()) << status.text();
        return store;
    }

    MemoryLiveServer live;
    MemoryCatalog catalog;
    std::vector<std::unique_ptr<MemoryCatalogLog>> logs;  // of all that have taken over
};

// Takes whatever is due, one item after the other, until it ends.
class TestWorker {
  public:
    TestWorker(MemoryLiveServer& server, SmallCloud& cloud, const SealKey& key,
               std::function<void(const Doorbell&)> ring)
        : store_(server), cloud_(cloud), key_(key), ring_(std::move(ring)) {}

    // One item; false = none is due.
    bool work_one(std::stop_token stop) {
        const auto due = store_.list_due(10);
        if (!due.ok() || due->empty()) return false;
        const DueItem item = due->front();
        const auto claimed =
            store_.claim(item.item, ClaimId(random_.hex(8)), std::chrono::seconds(20));
        if (!claimed.ok()) return false;
        const Status status = run(*claimed, std::move(stop));
        if (status.code() == Code::kCancelled) {
            (void)store_.release(claimed->fence, false);
        } else if (!status.ok()) {
            (void)store_.park(item.item, claimed->fence, status.text());
        }
        ring_({item.run, item.item});
        return true;
    }

  private:
    Status run(const Claimed& claimed, std::stop_token stop) {
        MILLRACE_ASSIGN(const std::string sealed, store_.package(claimed.run));
        MILLRACE_ASSIGN(JobPackage package, open_package(sealed, claimed.run, key_));
        MILLRACE_ASSIGN(JobSpec job, job_of(package));
        MILLRACE_ASSIGN(InstanceView instance, store_.instance(claimed.run));
        JobRunner runner({job, package.shape, package.stream, instance, package.accept_loss},
                         store_, quarantine_, clock_);
        const CallContext context{http_, clock_, random_, std::move(stop), {}};
        return runner.run(claimed, context);
    }

    MemoryLiveStore store_;
    SmallCloud& cloud_;
    const SealKey& key_;
    std::function<void(const Doorbell&)> ring_;
    SystemClock clock_;
    // Each worker draws claim ids of its own: the same id would be the same claim.
    static inline std::atomic<uint64_t> workers_ = 0;
    FakeRandom random_{7 + ++workers_};
    MemoryFileSystem files_;
    QuarantineFolder quarantine_{files_, "/state"};
    FakeHttp http_{[this](const HttpRequest& request) { return cloud_.handle(request); }};
};

// Threads of workers; while `held` they take nothing new.
class WorkerThreads {
  public:
    WorkerThreads(int count, MemoryLiveServer& server, SmallCloud& cloud, const SealKey& key,
                  const std::function<void(const Doorbell&)>& ring) {
        for (int i = 0; i < count; ++i) {
            threads_.emplace_back([=, this, &server, &cloud, &key](std::stop_token stop) {
                TestWorker worker(server, cloud, key, ring);
                SystemClock clock;
                while (!stop.stop_requested()) {
                    if (held || !worker.work_one(stop)) {
                        (void)clock.sleep(std::chrono::milliseconds(2), stop);
                    }
                }
            });
        }
    }
    std::atomic<bool> held = false;

  private:
    std::vector<std::jthread> threads_;
};

}  // namespace millrace
