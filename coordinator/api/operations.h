// What the API can ask of a coordinator. The API knows HTTP, this knows runs.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/base/time.h"
#include "common/config/substitution.h"

namespace millrace {

// A job as a person submits it. `sources`: text of a data sources file with its ${env:…} applied by
// the sender; empty = the coordinator's own.
struct Submission {
    std::string file;  // as findings name it
    std::string script;
    std::string sources;
    std::vector<Variable> variables;
    std::string name;
    std::string label;  // resource group
    bool replay = false;
    bool accept_loss = false;
    std::optional<uint64_t> dirty_records_max;
};

struct Submitted {
    RunId run;
    bool was_done = false;  // its window is committed already
    std::vector<std::string> notes;
};

struct ReplayRequest {
    // Of a task, or of the task of a run.
    TaskId task;
    RunId run;
    Window range;  // all committed windows that lie in it
    bool dry_run = false;
    bool whole_partition = false;
};

struct LimitChange {
    std::optional<double> bytes_per_second;  // 0 = unlimited
    std::optional<int> concurrent;
};

struct LogPage {
    std::vector<std::string> lines;
    uint64_t next = 0;   // give it as `after` to go on
    bool ended = false;  // the run is over: no line will come
};

// Thread-safe. kNotFound for unknown ids, kConfig for what the caller must change, kFatal for what
// does not fit a run's state; kUnreachable while this coordinator stands by or rebuilds.
class Operations {
  public:
    virtual ~Operations() = default;

    virtual Result<Submitted> submit(const Submission& submission) = 0;
    // {"runs": [{"run", "task", "identity", "window", "kind", "state", "created", "items",
    //  "itemsWritten", "read", "rows", "dirty", "lagSeconds", …}]}, newest first.
    virtual Result<nlohmann::json> runs(size_t max, bool active_only) = 0;
    // The same, and "items": [{"shard", "state", "holder", "epoch", "attempts", "position", "read",
    // "rows", "lagSeconds", "reason"}], "receipt", "notes".
    virtual Result<nlohmann::json> run(const RunId& run) = 0;
    virtual Result<LogPage> log(const RunId& run, uint64_t after, size_t max) = 0;
    virtual Status pause(const RunId& run) = 0;
    virtual Status resume(const RunId& run) = 0;
    virtual Status cancel(const RunId& run) = 0;
    virtual Status rerun(const RunId& run, std::optional<uint64_t> dirty_records_max) = 0;
    virtual Status set(const RunId& run, const LimitChange& change) = 0;
    // {"windows": [{"window", "run" (unless dry_run), "replaces"}]}
    virtual Result<nlohmann::json> replay(const ReplayRequest& request) = 0;
    // {"role": "active" | "standby", "workers": [{"id", "slots", "busy", "labels", "seen"}], …}
    virtual Result<nlohmann::json> cluster() = 0;
    // Is it able to act: 200 or 503 of /readyz.
    virtual Status ready() = 0;
};

}  // namespace millrace
