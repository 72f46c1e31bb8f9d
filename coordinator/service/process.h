// The process of a coordinator: stands by until it leads, then drives the runs of its cluster.
#pragma once

#include <memory>

#include "common/base/file_system.h"
#include "common/config/process_config.h"
#include "common/metrics/retry_counter.h"
#include "common/net/http_server.h"
#include "coordinator/api/api.h"
#include "coordinator/service/events.h"
#include "coordinator/service/operations.h"

namespace millrace {

// All references outlive the process.
struct CoordinatorWorld {
    FileSystem& files;
    Clock& clock;
    Random& random;
    HttpClient& http;
    OwnSources sources;
    std::string host;     // of this machine
    std::string version;  // of the program
};

class Servers;

// Used by one thread.
class CoordinatorProcess {
  public:
    // Listens; the API answers that it stands by. kConfig: what must be changed.
    static Result<std::unique_ptr<CoordinatorProcess>> create(const ProcessConfig& config,
                                                              CoordinatorWorld world);
    ~CoordinatorProcess();

    const std::string& id() const { return id_; }
    std::string url() const { return server_->url(); }
    // Until `stop`: ok, and all threads have ended between two steps. Once. kFenced: another
    // coordinator has taken over. Others: what it needs is not as it must be.
    Status run(std::stop_token stop);

  private:
    class Leading;

    CoordinatorProcess(const ProcessConfig& config, CoordinatorWorld world, SealKey key);
    Status open_folder();
    Status listen();
    Status lead(Servers& servers, std::stop_token stop);
    Status wait_to_lead(Servers& servers, std::stop_token stop);
    bool forget_work(Servers& servers);
    Status serve(Servers& servers, Leading& leading, std::stop_token stop);

    const ProcessConfig config_;
    CoordinatorWorld world_;
    const SealKey key_;
    const std::string id_;  // of this process among the coordinators
    Registry registry_;
    RetryCounter retries_{registry_};
    std::unique_ptr<FileLock> lock_;  // of its part of the state folder
    std::unique_ptr<RunLog> log_;
    WorkerTable workers_;
    std::unique_ptr<EventDispatcher> events_;
    StandingBy operations_;
    std::atomic<Leading*> leading_ = nullptr;
    std::unique_ptr<api::Api> api_;
    std::unique_ptr<HttpServer> server_;
};

}  // namespace millrace
