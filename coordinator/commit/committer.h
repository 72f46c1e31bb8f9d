// The end of an instance: intent, target, receipt, leftovers, in this order (P9). A state machine
// without threads or I/O; from COMMITTING the only way is forward.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/status.h"
#include "common/base/time.h"

namespace millrace {

namespace commit {

// ---- actions, carried out one at a time; each is answered by Done or Failed
enum class Step {
    kStoreIntent,   // catalog
    kComplete,      // make piece visible
    kLook,          // is piece there, with the right length and check sum?
    kPublish,       // manifest, alias: what is written after all pieces
    kStoreReceipt,  // catalog
    kClean,         // remove what the run replaced, and leftovers
    kStoreCleaned,  // catalog
    kRestage,       // catalog: the items of piece start again
};
struct Do {
    Step step;
    size_t piece = 0;
};
struct WaitUntil {
    MonoTime time;  // then send Tick
};
struct Finished {};  // CLEANED
struct Restaged {};  // the instance is RUNNING again
struct GaveUp {      // COMMITTING stays; the next start goes on
    Status status;
};
using Action = std::variant<Do, WaitUntil, Finished, Restaged, GaveUp>;

// ---- events
struct Begin {};
struct Done {
    bool there = true;  // of kLook
};
struct Failed {
    Status status;
};
struct Tick {};
using Event = std::variant<Begin, Done, Failed, Tick>;

}  // namespace commit

struct CommitterOptions {
    size_t pieces = 0;
    bool intent_stored = false;   // the instance is COMMITTING already
    bool receipt_stored = false;  // it is COMMITTED already: only cleaning is left
    Duration pause_first = std::chrono::milliseconds(200);
    Duration pause_max = std::chrono::seconds(60);
    Duration give_up_after = std::chrono::minutes(10);
};

// One per instance; owned by its driver, used by one thread.
class Committer {
  public:
    explicit Committer(CommitterOptions options) : options_(options) {}
    commit::Action step(const commit::Event& event, MonoTime now);

  private:
    commit::Action go(commit::Step step);
    commit::Action next_piece();
    commit::Action on_done(const commit::Done& done);
    commit::Action on_failed(const Status& status, MonoTime now);

    CommitterOptions options_;
    commit::Step step_ = commit::Step::kStoreIntent;
    size_t piece_ = 0;
    std::optional<MonoTime> failing_since_;
    Duration pause_{0};
};

}  // namespace millrace
