// The run of one work item: read, encode, send, acknowledge, checkpoint. Plain blocking code; while
// a batch is in flight the next one is encoded and the next page is read.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "common/base/buffer.h"
#include "common/store/state_store.h"
#include "worker/source/source.h"
#include "worker/targets/target.h"
#include "worker/window/limits.h"
#include "worker/window/meter.h"
#include "worker/window/quarantine.h"

namespace millrace {

struct WindowRunParts {
    StateStore& store;
    Source& source;
    Target& target;
    Limits& limits;
    Quarantine& quarantine;
    Meter& meter;
    std::stop_token stop;
};

// One per claim, used by one thread. Nothing is written to the ledger that the target has not
// acknowledged (P10).
class WindowRun {
  public:
    WindowRun(const Claimed& claimed, WindowRunParts parts);

    // The item is WRITTEN when this returns ok. kLeaseLost: leave everything alone. kCancelled:
    // what was acknowledged is checkpointed, the item may be given back.
    Status run();
    // After a failure: a request of the target may still be under way, and take effect later.
    bool unanswered() const { return unanswered_; }

  private:
    // What a batch adds to the checkpoint once it is acknowledged.
    struct Batch {
        Counts counts;  // without acknowledged and rows: the target says those
        Sum128 source_sum;
        std::vector<Sequence> sequences;  // of the changes in the batch, in order
        // Of keyed targets: their keys, packed; each ends where key_ends says.
        Buffer keys;
        std::vector<size_t> key_ends;
        std::vector<Value> key_of(size_t change) const;
        std::vector<std::string> dirty;  // quarantine lines
        std::string position;            // after its last change
    };

    Status take(const Change& change);
    Status put(const Change& change);
    Status pass_over();
    Status keep_dirty(Batch& batch);
    Status close_batch();
    Status checkpoint(Batch& batch, std::vector<Part> parts);
    Status finish();
    Status read_to_the_end();
    Status on_idle(TimePoint source_now);
    Status send(bool last);
    Status settle();
    Status settle_in_flight() { return has_in_flight_ ? settle() : Status(); }
    Status drain(const Status& why);
    Status from_target(Status status);
    void count(const Change& change);
    void note_added(const Change& change);
    void note_dirty(const Change& change, const Append& append);
    void note_refused(const Delivered& delivered);
    Progress progress(const std::string& position, std::vector<Part> parts) const;

    const Claimed& claimed_;
    WindowRunParts parts_;
    Progress done_;  // acknowledged so far
    Batch open_;     // being encoded
    Batch in_flight_;
    bool ripe_ = false;  // `open_` ends before the first change that does not belong to it
    bool has_in_flight_ = false;
    bool unanswered_ = false;
};

}  // namespace millrace
