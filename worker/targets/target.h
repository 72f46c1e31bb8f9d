// What the window run sees of a target: batches that are encoded, sent and acknowledged.
#pragma once

#include <string>
#include <vector>

#include "common/base/hash128.h"
#include "common/record/change.h"
#include "common/store/state_store.h"

namespace millrace {

enum class DropRule : uint8_t { kNone, kDeleteInRowMode, kNoConfiguredColumn };

// What became of one change.
struct Append {
    enum class Kind : uint8_t {
        kAdded,    // it is in the open batch
        kFull,     // it is in the open batch, and the batch must be sent before the next change
        kRipe,     // as kFull, but changes for which belongs() holds go into the batch first
        kDropped,  // it is in no batch, by `rule`
        kDirty,    // it is in no batch: the target can never take it
    };
    Kind kind = Kind::kAdded;
    DropRule rule = DropRule::kNone;
    std::string reason;  // of kDirty; no record contents
    int column = -1;     // of kDirty, position in the job's column list, -1 = none
};

// A change of the batch that the target refused when it was sent.
struct Refused {
    size_t change = 0;  // 0 = the first change that was added to the batch
    std::string reason;
    int column = -1;
    std::string content;  // as it was sent; kept in the quarantine only
};

// What an acknowledged batch leaves.
struct Delivered {
    uint64_t changes = 0;  // added to the batch
    uint64_t rows = 0;
    uint64_t bytes = 0;
    Sum128 sum;                    // output sum of the batch (P10)
    std::vector<Part> parts;       // staged targets
    std::string staging;           // JSON from which begin() goes on after exactly this batch
    std::vector<Refused> refused;  // keyed targets, ascending
};

// One item's way into a target. Blocking, used by one thread. A batch is cut by counts and bytes
// from the item's start, never by time or memory (P10): the same changes give the same batches. At
// most one batch is in flight, while the next one is encoded. Batches of keyed targets also end
// when the source has nothing more for the moment.
class Target {
  public:
    virtual ~Target() = default;
    // Rows are visible when acknowledged, and single ones may be refused then.
    virtual bool keyed() const { return false; }
    // Goes on after the acknowledged prefix; `staging` is empty and `parts` is none for a new item.
    virtual Status begin(const std::string& staging, const std::vector<Part>& parts) = 0;
    // Encodes one change into the open batch. The change is not kept.
    virtual Append append(const Change& change) = 0;
    // Asked of the changes after a kRipe one: true = it must be in the same batch.
    virtual bool belongs(const Change&) const { return false; }
    // May the open batch of a keyed target be sent before it is full, when the source has nothing
    // more at `source_now`? If not, it is ripe: the next change that does not belong to it ends it.
    virtual bool may_end_early(TimePoint /*source_now*/) const { return true; }
    // True when the open batch holds anything that must be sent.
    virtual bool has_open_batch() const = 0;
    // Closes the open batch and sends it; `last` = the item's end. Never called while one is in
    // flight.
    virtual Status send(bool last) = 0;
    // Waits for the batch in flight. On success it is in the target (staged or visible) for good.
    virtual Result<Delivered> acknowledge() = 0;
};

}  // namespace millrace
