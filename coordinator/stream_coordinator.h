// The coordinator of one stream job: opens the instance of a window, drives its items, commits it.
// The same code in embedded mode and in the cluster.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/bus/bus.h"
#include "common/config/job_spec.h"
#include "common/config/otsstream_reader.h"
#include "common/net/call.h"
#include "common/services/tablestore/client.h"
#include "coordinator/commit/target_commit.h"
#include "coordinator/start.h"

namespace millrace {

// What the source says of itself.
struct SourceFacts {
    StreamId stream;
    std::vector<std::string> key_names;
    Duration retention{0};
    TimePoint server_time;
};

struct CoordinatorParts {
    StateStore& store;
    Bus& work;
    Bus& events;
    const CallContext& context;
    // The end of an instance in the job's target.
    std::function<Result<std::unique_ptr<TargetCommit>>(const InstanceView&)> make_target;
    // What stands in the quarantine of a run, without record contents.
    std::function<Result<std::vector<nlohmann::json>>(const RunId&)> quarantine_of;
    // Of a worker in this process, see ItemDriverParts.
    std::function<Status()> failure;
    std::string host;     // of the receipt's meta
    std::string program;  // version of the program, of the receipt's meta
};

struct WindowRequest {
    Window window;
    bool replay = false;
    bool accept_loss = false;
};

// An instance that is open, or was committed before.
struct Opened {
    InstanceView instance;
    bool was_done = false;
    std::string warning;
};

// Used by one thread; blocking.
class StreamCoordinator {
  public:
    StreamCoordinator(const JobSpec& job, StreamReaderConfig reader, CoordinatorParts parts);

    // Asks the source; comes first. kConfig with the remedy when the table or its stream is
    // missing.
    Result<SourceFacts> connect();
    // Goes on with commits of this task that an earlier process has left open.
    Status finish_open_commits();
    // Creates the instance, or reopens the one that is there. Waits when the window's end is at
    // most 10 min too young (P14), saying so to `say`.
    Result<Opened> open(const WindowRequest& request,
                        const std::function<void(const std::string&)>& say);
    // Until the instance is committed and cleaned; workers run meanwhile. kDirtyRecord: it is
    // FAILED.
    Status run(const RunId& run, const WindowRequest& request);

    const SourceFacts& source() const { return source_; }
    // The stream as it is now, for `plan`.
    Result<tablestore::StreamDescription> describe_stream() {
        return client_.describe_stream(source_.stream);
    }
    Result<std::vector<InstanceView>> history() { return parts_.store.instances(job_.task); }
    Status check_window(const Window& window, const std::function<void(const std::string&)>& say);

  private:
    Result<RunId> create(const StartDecision& decision, const WindowRequest& request);
    Status reopen(const InstanceView& instance);
    RunControl control() const;
    Status drive(const InstanceView& instance, const WindowRequest& request);
    Status add_replayed_items(const InstanceView& instance, bool accept_loss);
    Status judge_limits(const InstanceView& instance);
    Status fail(const InstanceView& instance, const Status& why);
    Result<bool> commit(const InstanceView& instance, TargetCommit& target);
    Result<nlohmann::json> receipt(const InstanceView& instance, TimePoint started);

    const JobSpec& job_;
    const StreamReaderConfig reader_;
    CoordinatorParts parts_;
    tablestore::Client client_;
    SourceFacts source_;
    std::vector<std::string> notes_;
};

// Of the code that encodes: a run that another version began starts its items again.
inline constexpr std::string_view kEncoderVersion = "1";

}  // namespace millrace
