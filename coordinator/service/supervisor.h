// Drives the open runs of a cluster, each in a thread of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "common/metrics/registry.h"
#include "coordinator/service/run_driver.h"
#include "coordinator/service/run_entry.h"

namespace millrace {

struct SupervisorParts {
    RunWorld world;
    size_t runs_max = 64;
    Duration lease_ttl = std::chrono::seconds(30);  // of the workers
    // How long submit() waits for what becomes of a run, and cancel() for its end.
    Duration answer_within = std::chrono::seconds(5);
    // The process ends: nothing is waited for any more.
    std::stop_token stop;
    // How runs ended, for the metrics.
    Counter done, failed, cancelled, rebuilds;
    // Between two attempts of a run: doubled from the first to the last.
    Duration pause_first = std::chrono::seconds(1);
    Duration pause_last = std::chrono::seconds(60);
};

struct Accepted {
    RunId run;
    bool was_done = false;  // its window is committed already
    std::vector<std::string> notes;
};

// What it knows of a run beyond the ledger.
struct Standing {
    RunId run;
    TaskId task;
    std::string identity;
    std::optional<Window> window;
    bool replay = false;
    Stage stage = Stage::kWaiting;
    std::string text;
    Code ended_with = Code::kOk;  // of kEnded
    TimePoint created;
    bool has_instance = false;
    Duration retention{0};  // of its stream; 0 = not known
};

// Thread-safe. All it knows is in the catalog: it may end at any moment, another one goes on.
class Supervisor {
  public:
    explicit Supervisor(SupervisorParts parts);
    // Stops all runs between two steps.
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    // After a take-over: all that is unfinished goes on. Comes first.
    Status resume_all();

    // The package is in the catalog when this returns. Waits a few seconds for what becomes of it;
    // the notes say why it still waits. Two submissions of one window are one run.
    Result<Accepted> submit(JobPackage package, JobSpec job);
    // A run that has failed, or stands still, goes on.
    Result<Accepted> rerun(const RunId& run, std::optional<uint64_t> dirty_records_max);
    // Any run of a realtime job stands for the job: the window that is open now is cancelled; one
    // that is past that is completed, and none follows it.
    Status cancel(const RunId& run);
    // An item of the run has changed.
    void ring(const Doorbell& doorbell);

    // The id of the run that `run` turned out to be: another submission had begun its window.
    RunId resolve(const RunId& run);
    std::vector<Standing> standings();
    std::optional<Standing> standing(const RunId& run);

    // To be called often: joins what has ended, begins what waited.
    void tend();
    // A call outside of a run was answered with kLedgerLost: rebuilds. Blocking.
    void recover() { recover(generation_); }
    // kFenced: this process must end. kLedgerLost: the ledger is being rebuilt.
    Status health();

  private:
    using Entry = std::shared_ptr<RunEntry>;
    using Lock = std::unique_lock<std::mutex>;

    // ---- under the mutex
    Entry find_active(const RunId& run) const;
    Entry find_same(const JobPackage& package, const JobSpec& job) const;
    Entry add(const RunId& run, JobPackage package, JobSpec job, Beginning beginning);
    void begin_waiting();
    Entry successor_of(const RunEntry& entry) const;
    void bury(std::map<RunId, Entry>::iterator entry);
    void forget_ended();
    Result<Accepted> answer(Lock& lock, const Entry& entry);
    void count_end(const RunEntry& entry, const Status& outcome);

    // ---- in the thread of a run
    void drive(const Entry& entry);
    Status attempt(RunEntry& entry);
    Status begin(RunEntry& entry, RunDriver& driver);
    Status go_on_cancelling(RunEntry& entry);
    void adopt(RunEntry& entry, const Opened& opened);
    Result<bool> wants_successor(const RunEntry& entry);
    Status ensure_successor(const RunEntry& entry);
    Result<RunId> begin_anew(const RunEntry& entry);
    Result<RunId> add_waiting(const JobPackage& package, const JobSpec& job);
    void drop_successor(const RunEntry& entry);
    void say(RunEntry& entry, const std::string& text);
    // True: there is to be another attempt.
    bool goes_on(RunEntry& entry, const Status& status, uint64_t generation);
    bool goes_on_without_instance(RunEntry& entry, const Status& status);
    bool goes_on_in(const InstanceView& instance, RunEntry& entry, const Status& reason);
    bool goes_on_after_stop(RunEntry& entry);
    void end(RunEntry& entry, const Status& outcome);

    Status cancel_one(const RunId& run);
    Status cancel_idle(const RunId& run);
    RunId open_window(const RunId& run) const;
    std::optional<RunId> window_behind(const RunId& run);
    Status cancel_instance(RunEntry& entry);
    Status stop_workers(const InstanceView& instance);
    Status resume(const RunId& run, Beginning beginning);
    void recover(uint64_t generation);
    void fail_for_good(const Status& status);
    void close();

    SupervisorParts parts_;
    ClusterStore& store_;
    std::mutex submitting_;  // one submission at a time; taken before mutex_
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<RunId, Entry> entries_;
    std::map<RunId, RunId> moved_;
    std::vector<std::jthread> finished_;  // of entries that are gone, to be joined
    uint64_t order_ = 0;
    bool closing_ = false;
    Status fatal_;
    std::stop_source stop_;
    std::stop_callback<std::function<void()>> on_stop_{parts_.stop, [this] { close(); }};

    std::mutex recovering_;                 // one rebuild at a time; taken before mutex_
    std::atomic<uint64_t> generation_ = 0;  // rebuilds so far
    std::atomic<bool> lost_ = false;
};

}  // namespace millrace
