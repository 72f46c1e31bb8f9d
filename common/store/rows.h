// What the ledger keeps: plain rows, and the seam to where they are kept.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/store/state_store.h"

namespace millrace {

struct InstanceRow {
    RunId run;
    TaskId task;
    Window window;
    RunKind kind = RunKind::kFirst;
    int number = 0;
    InstanceState state = InstanceState::kRunning;
    std::string reason;
    bool by_image = false;
    bool claimed = false;  // an item of it has had a claim
    std::string borders;   // digest of the recorded borders, empty = not recorded
    std::string job_version, encoder_version, job;
    RunControl control;
    std::string staging;
    uint32_t reserved = 0;  // numbers given out so far to all items together
    std::string intent, receipt;
    bool operator==(const InstanceRow&) const = default;
};

// How the claim ended that an item had last.
enum class ClaimEnd : uint8_t {
    kNone,  // it has not ended, or there was none
    kFinished,
    kParked,
    kReleased,         // given back, no attempt
    kReleasedAttempt,  // given back, an attempt
    kVoid,             // taken away
};

struct ItemRow {
    ItemId item;
    RunId run;
    ShardId shard;
    ItemState state = ItemState::kReady;
    std::string start;
    Progress progress;  // new_parts is always empty: parts have rows of their own
    bool has_progress = false;
    std::optional<ItemEnd> end;
    Epoch epoch{};  // of the last claim
    ClaimId claim;  // the last one
    ClaimEnd claim_end = ClaimEnd::kNone;
    Epoch abandoned{};  // the last one that was taken away
    MonoTime deadline;
    int attempts = 0;
    std::string reason;
    uint32_t reserved = 0;  // numbers given out so far
    bool operator==(const ItemRow&) const = default;
};

// What create and reopen must know of the other runs of a window.
struct RunOfWindow {
    RunId run;
    int number = 0;
    InstanceState state = InstanceState::kRunning;
};

// How far the items of an instance are.
struct Tally {
    size_t items = 0;
    size_t written = 0;
};

struct BorderKey {
    TaskId task;
    StreamId stream;
    ShardId shard;
    auto operator<=>(const BorderKey&) const = default;
};

// How safe a change must be when the call returns.
enum class Durability : uint8_t {
    kView,     // nothing is changed
    kProcess,  // survives the end of the process; a power cut may undo it with all that came later
    kPower,    // survives a power cut, and with it everything before
};

// Thrown by Tables when the storage fails; caught in Ledger, leaves no verb.
struct StorageFailure {
    Status status;
};

// Rows in and out, inside of begin() ... commit() or rollback(). No rule of the ledger lives here.
// Not thread-safe: Ledger holds its mutex.
class Tables {
  public:
    virtual ~Tables() = default;
    virtual void begin(Durability durability) = 0;
    virtual void commit() = 0;
    virtual void rollback() noexcept = 0;

    virtual uint64_t epoch() = 0;
    virtual void set_epoch(uint64_t epoch) = 0;

    virtual std::optional<InstanceRow> instance(const RunId& run) = 0;
    virtual void insert(const InstanceRow& row) = 0;
    virtual void update(const InstanceRow& row) = 0;
    // In order of number.
    virtual std::vector<RunOfWindow> runs_of(const TaskId& task, const Window& window) = 0;
    // An instance whose window starts at or after `end` has had an item claimed.
    virtual bool later_claimed(const TaskId& task, MillisPoint end) = 0;
    virtual std::vector<InstanceRow> instances_of(const TaskId& task) = 0;
    virtual std::vector<InstanceRow> open_commits() = 0;

    virtual std::optional<ItemRow> item(const ItemId& item) = 0;
    virtual void insert(const ItemRow& row) = 0;
    virtual void update(const ItemRow& row) = 0;
    virtual std::vector<ItemRow> items_of(const RunId& run) = 0;
    // With their parts.
    virtual void remove_items(const RunId& run) = 0;
    // Of RUNNING instances: CLAIMED, or with an abandoned epoch.
    virtual std::vector<ItemRow> held_items() = 0;
    // As list_due.
    virtual std::vector<DueItem> due(MonoTime now, size_t max) = 0;
    virtual Tally tally(const RunId& run) = 0;
    // How many items of the run are CLAIMED.
    virtual size_t claims_of(const RunId& run) = 0;
    virtual Counts counts(const RunId& run) = 0;

    virtual std::vector<Part> parts(const ItemId& item) = 0;
    virtual std::optional<Part> part(const ItemId& item, uint32_t object, uint32_t number) = 0;
    virtual void put_parts(const ItemId& item, std::span<const Part> parts) = 0;
    virtual void remove_parts(const ItemId& item) = 0;

    virtual void put_border(const BorderKey& key, int64_t time_ms, const Border& border,
                            const RunId& run) = 0;
    virtual std::optional<Border> border(const BorderKey& key, int64_t time_ms) = 0;
    virtual std::optional<std::pair<int64_t, Border>> border_before(const BorderKey& key,
                                                                    int64_t time_ms) = 0;
    virtual std::map<int64_t, Border> borders(const BorderKey& key) = 0;
};

}  // namespace millrace
