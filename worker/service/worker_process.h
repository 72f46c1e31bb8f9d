// A worker of a cluster: takes items of any run, and keeps no state.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/config/process_config.h"
#include "common/metrics/retry_counter.h"
#include "common/net/http_server.h"
#include "worker/job/job_runners.h"
#include "worker/lease/renewer.h"
#include "worker/service/metered_store.h"
#include "worker/service/worker_events.h"

namespace millrace {

// What a worker lives on; all of it outlives the worker.
struct WorkerWorld {
    LiveStore& store;
    Bus& work;
    // Whether doorbells reach this worker; not ok = why not.
    std::function<Status()> work_ready;
    WorkerEvents& events;
    QuarantineSink& quarantine;
    HttpClient& http;
    Clock& clock;
    Random& random;
    Registry& metrics;
    SealKey key;
    std::string host;     // of this machine
    std::string version;  // of the program
};

// Slots over the bus and the live ledger, a thread that renews all leases, one that tells how this
// worker is, and an HTTP server for /healthz, /readyz and /metrics. Works from create() on until
// drain(). Thread-safe.
class WorkerProcess {
  public:
    // kConfig: the configured address cannot be listened on.
    static Result<std::unique_ptr<WorkerProcess>> create(const ProcessConfig& config,
                                                         WorkerWorld world);
    // Drains, without a limit of time.
    ~WorkerProcess();

    // No more claims; items that run go on to the next answer of their target, keep a checkpoint
    // and are given back, which is no attempt. True: all were, within `drain` of the configuration.
    // False: some still run; their leases run out when the process ends.
    bool drain();

    const std::string& id() const { return id_; }
    std::string url() const { return server_->url(); }
    // Not ok: the process must be restarted.
    Status alive() const;
    // Not ok: why no item is taken now.
    Status ready() const;

  private:
    WorkerProcess(const ProcessConfig& config, WorkerWorld world);
    void start();
    void work(std::stop_token stop);
    void report(std::stop_token stop);
    void look_at_ledger();
    void tell(bool leaving);
    std::string metrics();
    ServerResponse answer(const ServerRequest& request);

    const ProcessConfig::Worker config_;
    WorkerWorld world_;
    const std::string id_;
    MeteredStore store_;
    RetryCounter retries_;
    JobRunners runners_;
    LeaseRenewer leases_;
    mutable std::mutex mutex_;
    std::condition_variable slot_ended_;
    int slots_at_work_;  // guarded by mutex_, as all below
    bool draining_ = false;
    Status ledger_;  // the last look
    MonoTime beat_;  // of the reporting thread
    std::unique_ptr<HttpServer> server_;
    std::jthread reporter_;
    std::vector<std::jthread> slots_;
};

}  // namespace millrace
