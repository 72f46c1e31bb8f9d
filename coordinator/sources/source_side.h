// The coordinator's side of a source: windows of a stream, or a transfer of all that is there.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/record/shape.h"
#include "coordinator/item_driver.h"
#include "coordinator/start.h"

namespace millrace {

// What the source says of itself.
struct SourceFacts {
    StreamId stream;  // of streams
    RecordShape shape;
    Duration retention{0};  // of streams
    TimePoint server_time;  // the source's clock when it was asked
    // What was found that decides the bytes written but does not stand in the script, such as the
    // columns of `"column": []`. When it has changed, a run that goes on starts its items again.
    std::string found;
};

struct RunRequest {
    // Of a stream. A transfer has none: its window is the moment when it begins, [t, t).
    std::optional<Window> window;
    bool replay = false;
    bool accept_loss = false;
    RunId run;  // of an instance that is made; empty = a random one
    // A replay not only of this window but of all that share its partition of the target.
    bool whole_partition = false;
};

// Texts for the person who waits.
using Say = std::function<void(const std::string&)>;

// What all items of a run need to be driven.
struct DriveRequest {
    const InstanceView& instance;
    bool accept_loss = false;
    uint64_t dirty_records_max = 0;
    std::vector<std::string>& notes;  // for the receipt
};

// Used by one thread; blocking.
class SourceSide {
  public:
    virtual ~SourceSide() = default;
    // Asks the source; comes first. kConfig with the remedy when what the job reads is missing.
    virtual Result<SourceFacts> connect() = 0;
    // What the request means after what the task has run before.
    virtual StartDecision decide(const std::vector<InstanceView>& history,
                                 const StartRequest& request) const = 0;
    // May the window be read now? May wait until it has settled (P14), saying so.
    virtual Status settle(const Window& window, const Say& say) = 0;
    // Adds the run's items and waits until all are WRITTEN and its borders are recorded; see
    // ItemDriver::run for what it returns.
    virtual Status drive(const ItemDriverParts& parts, const DriveRequest& request) = 0;
    // After the instance is COMMITTED: what others want to know of it at the source. Warnings.
    virtual Result<std::vector<std::string>> announce(StateStore&, const InstanceView&) {
        return std::vector<std::string>();
    }
    // Up to when DataX has carried this source, by its status table; nothing without one.
    virtual Result<std::optional<MillisPoint>> datax_time() { return std::optional<MillisPoint>(); }
    // What a run would read, for `plan`: [{"shard": …, "parents": […]}].
    virtual Result<nlohmann::json> preview() = 0;
    // "source" of the receipt: {"kind", "endpoint", …}.
    virtual nlohmann::json describe() const = 0;
};

}  // namespace millrace
