// The ledger: all instances and work items and how far they are. Verbs of the protocol, no put and
// no transaction, so that memory, SQLite and Redis can give equal answers.
//
// Every verb is one atomic call and may be repeated with the same arguments: the second call gives
// the same answer and changes nothing. A verb that changes an item carries a Fence and is refused
// with kLeaseLost when another epoch or claim id holds the item, or when the claim was taken away
// (void). A claim that has expired is good until somebody takes the item over. A verb that does not
// fit the state is refused with kFatal and says what the state is. Unknown ids are kNotFound. A
// storage that fails is kFatal. Strings called JSON are opaque here.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/hash128.h"
#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/base/time.h"

namespace millrace {

enum class RunKind : uint8_t { kFirst, kReplay };
enum class InstanceState : uint8_t {
    kRunning,
    kCommitting,
    kCommitted,
    kCleaned,
    kFailed,
    kCancelled
};
enum class ItemState : uint8_t { kReady, kClaimed, kWritten, kParked };
std::string_view name_of(RunKind kind);
std::string_view name_of(InstanceState state);
std::string_view name_of(ItemState state);

// Live limits of a run; travel to workers with the answer to a renewal.
struct RunControl {
    double source_bytes_per_second = 0;    // 0 = unlimited
    double source_records_per_second = 0;  // 0 = unlimited
    int concurrent = 1;
    bool paused = false;
    bool cancelled = false;
    // Of an answer: how many claims of the run are held now, this one among them. A process that
    // holds k of them takes k/sharing of the limits. Never stored; what a caller gives is ignored.
    int sharing = 1;
    bool operator==(const RunControl&) const = default;
};

struct NewInstance {
    RunId run;
    TaskId task;
    // Windows of a stream; {0,0} for a full export or import.
    Window window;
    RunKind kind = RunKind::kFirst;
    std::string job_version;      // hash of what decides the bytes written
    std::string encoder_version;  // of the code that encodes
    std::string job;              // JSON without secrets
    RunControl control;
};

enum class Created : uint8_t {
    kCreated,
    // An instance with this run id, or for a kFirst run any instance of (task, window): the active
    // one, else the last committed one, else the last one.
    kExists,
};
struct CreateOutcome {
    Created outcome = Created::kCreated;
    RunId run;  // the one that is there now
};

struct NewItem {
    ItemId item;
    ShardId shard;
    std::string start;  // JSON: where and how to begin, see proto/checkpoint.md
};

// What a checkpoint holds of exactly the prefix that the target acknowledged.
struct Counts {
    uint64_t read = 0;  // change records
    uint64_t put = 0;   // of them, by kind
    uint64_t update = 0;
    uint64_t remove = 0;
    uint64_t acknowledged = 0;  // change records in effect in the target
    uint64_t quarantined = 0;   // change records with a dirty row
    uint64_t dropped_delete_in_row_mode = 0;
    uint64_t dropped_no_configured_column = 0;
    uint64_t rows = 0;          // rows written
    uint64_t rows_dirty = 0;    // rows refused, as DataX counts them
    uint64_t source_bytes = 0;  // encoded bytes of the change records
    uint64_t output_bytes = 0;  // bytes given to the target
    // read = acknowledged + quarantined + dropped, always.
    bool balanced() const;
    void add(const Counts& other);
    bool operator==(const Counts&) const = default;
};

// One staged piece of a target: a part of an object, a block of a session.
struct Part {
    uint32_t object = 0;  // 0, 1, … within the item
    uint32_t number = 0;  // ascending within the object
    std::string data;     // JSON of the target
    bool operator==(const Part&) const = default;
};

struct Progress {
    std::string position;  // JSON, replaces the former
    std::string staging;   // JSON, replaces the former
    Counts counts;
    Sum128 source_sum;
    Sum128 output_sum;
    std::vector<Part>
        new_parts;  // appended; a part that is there already (object, number) is replaced
    bool operator==(const Progress&) const = default;
};

enum class EndKind : uint8_t {
    kBorder,    // the first record at or after the window's end, or silence until then
    kShardEnd,  // the shard is closed and read to its end
};
std::string_view name_of(EndKind kind);
struct ItemEnd {
    EndKind kind = EndKind::kBorder;
    std::string position;  // JSON of the place where the next window begins
    bool operator==(const ItemEnd&) const = default;
};

struct Fence {
    ItemId item;
    Epoch epoch{};
    ClaimId claim;
    bool operator==(const Fence&) const = default;
};

struct Claimed {
    Fence fence;
    RunId run;
    ShardId shard;
    std::string start;          // of the item
    Progress progress;          // of the last checkpoint; `new_parts` holds all parts so far
    bool has_progress = false;  // false: nothing was acknowledged yet
    std::string run_staging;    // JSON of the run, see set_staging
    bool by_image = false;      // P12
    int attempts = 0;           // without progress, before this one
    // Where it must end: its border is recorded already (a redo after a loss).
    std::optional<ItemEnd> recorded_end;
    RunControl control;
    MonoTime deadline;  // by the store's clock; a worker counts from its own sending
};

struct DueItem {
    ItemId item;
    RunId run;
    int attempts = 0;
};

// One border of one shard at one time, as recorded for a task (P1).
struct Border {
    std::string kind;      // "border", "shard_end"
    std::string position;  // JSON
    // This task has read at least one record of the shard up to here.
    bool gave_records = false;
    bool operator==(const Border&) const = default;
};
struct ShardBorders {
    StreamId stream;
    ShardId shard;
    // By time in ms: the window's start and end.
    std::map<int64_t, Border> borders;
};

struct Range {
    uint32_t first = 0;
    uint32_t count = 0;
};

enum class CommitStep : uint8_t { kCommitted, kCleaned, kRestage };
struct CommitResult {
    CommitStep step = CommitStep::kCommitted;
    std::string receipt;          // kCommitted: JSON
    std::vector<ItemId> restage;  // kRestage: items that start again from their start
};

struct ReopenOptions {
    std::string job_version;
    std::string encoder_version;
    std::string job;
    RunControl control;
    // True: every item starts again from its start (the script or the encoder has changed).
    bool restart = false;
};

struct ItemView {
    ItemId item;
    ShardId shard;
    ItemState state = ItemState::kReady;
    std::string start;
    Progress progress;  // `new_parts` holds all parts
    bool has_progress = false;
    std::optional<ItemEnd> end;
    Epoch epoch{};
    // The last epoch whose owner lost the item without giving it back, and may be writing still
    // into the run's staging; none = 0. void_claims forgets it, and so does another staging.
    Epoch abandoned{};
    int attempts = 0;
    std::string reason;  // of kParked
};

struct InstanceView {
    RunId run;
    TaskId task;
    Window window;
    RunKind kind = RunKind::kFirst;
    int number = 0;  // 0 = the first run of the window, 1, 2, … its replays in order of creation
    InstanceState state = InstanceState::kRunning;
    std::string reason;  // of kFailed and kCancelled
    bool by_image = false;
    bool borders_recorded = false;
    std::string job_version, encoder_version, job;
    RunControl control;
    std::string staging;  // JSON, see set_staging
    std::string intent;   // JSON, from begin_commit on; a restage keeps it
    std::string receipt;  // JSON, from end_commit(kCommitted) on
    Counts counts;        // sum over the items
};

// Thread-safe.
class StateStore {
  public:
    virtual ~StateStore() = default;

    // `by_image` of the new instance is decided here: a replay, or a run of a window of which a
    // later one (start >= this end, same task) has had an item claimed. A replay while another run
    // of the same (task, window) is RUNNING or COMMITTING is refused.
    virtual Result<CreateOutcome> create_instance(const NewInstance& instance) = 0;
    // Refused unless RUNNING and its borders are not recorded. An item id that is there already is
    // left as it is; with one that belongs to another run the call is refused and adds nothing.
    virtual Status add_items(const RunId& run, std::span<const NewItem> items) = 0;
    // Draws the next epoch. kLeaseLost when another claim is alive; kFatal when the item is WRITTEN
    // or PARKED or its run is not RUNNING; kRetry when the item is READY and its run is full: as
    // many items as its control allows are CLAIMED. The same claim id again: the same answer,
    // deadline renewed; once that claim has ended it is refused with kLeaseLost. A claim that takes
    // over an expired one counts an attempt, and is refused when that parks the item. Items of a
    // paused or cancelled run can be claimed: the answer's control says so.
    virtual Result<Claimed> claim(const ItemId& item, const ClaimId& claim, Duration ttl) = 0;
    virtual Result<RunControl> renew(const Fence& fence, Duration ttl) = 0;
    // Sets attempts to 0 when the position moved. Counts must be balanced(), each part named once.
    // One that has read less than the stored one is an old call that came late: refused.
    virtual Status checkpoint(const Fence& fence, const Progress& progress) = 0;
    virtual Status finish(const Fence& fence, const Progress& progress, const ItemEnd& end) = 0;
    // With a fence: by its owner. Without: by the coordinator, only from READY of a RUNNING
    // instance.
    virtual Status park(const ItemId& item, const std::optional<Fence>& fence,
                        const std::string& reason) = 0;
    // Gives the item back: READY. With the 5th attempt without progress it is PARKED instead.
    virtual Status release(const Fence& fence, bool counts_as_attempt) = 0;
    // READY items and items whose claim has expired, of RUNNING instances that are neither paused
    // nor cancelled, in order of creation of the instance, then of the item. READY ones of full
    // runs are left out.
    virtual Result<std::vector<DueItem>> list_due(size_t max) = 0;
    // Final: all items (at least one) WRITTEN, and a listing added none. The same again is
    // accepted, in any order of shards and in any later state; others are refused. A border that
    // another run of the task has recorded for (stream, shard, time) is shared and must be equal.
    virtual Status record_borders(const RunId& run, std::span<const ShardBorders> borders) = 0;
    // Numbers (part numbers, block ids) from one counter per item, beginning with 1, never given
    // out twice, also not after a restage. The exception to "repeatable": each call gives other
    // numbers.
    virtual Result<Range> reserve(const Fence& fence, uint32_t count) = 0;
    // The same from the one counter of the item's run: blocks of a staging that its items share.
    virtual Result<Range> reserve_of_run(const Fence& fence, uint32_t count) = 0;
    // What all items of a run write into (an upload session); claims carry it from now on. Owners
    // that have lost their items know only the former one: when it is another now, the items'
    // `abandoned` is forgotten. Refused unless RUNNING.
    virtual Status set_staging(const RunId& run, const std::string& staging) = 0;
    // RUNNING with borders recorded and all items WRITTEN -> COMMITTING. COMMITTING: replaces the
    // intent.
    virtual Status begin_commit(const RunId& run, const std::string& intent) = 0;
    // kCommitted from COMMITTING; kCleaned from COMMITTED; kRestage from COMMITTING or RUNNING: the
    // instance is RUNNING again with its borders and its intent kept, the named items are READY
    // without progress, their claims void.
    virtual Status end_commit(const RunId& run, const CommitResult& result) = 0;
    // RUNNING -> FAILED or CANCELLED. Claims of its items are void from now on (no attempt). After
    // a restage the caller has made sure that nothing which the kept intent names is visible.
    virtual Status close_instance(const RunId& run, InstanceState state,
                                  const std::string& reason) = 0;
    // RUNNING or FAILED -> RUNNING; PARKED items are READY again, attempts 0; `by_image` is decided
    // anew and never goes back from true: items that start again are due without the order in which
    // they were added, and rows of all of them may have been written. Refused while another run of
    // the window is RUNNING or COMMITTING, and when a version differs without `restart`. Live
    // claims stay, unless `restart`.
    virtual Status reopen_instance(const RunId& run, const ReopenOptions& options) = 0;
    // Refused unless RUNNING.
    virtual Status set_control(const RunId& run, const RunControl& control) = 0;
    // All claims of a former holder of the state folder end now (embedded mode, at its start:
    // deadlines do not survive a reboot). Counts an attempt of each such item, as a take-over
    // would.
    virtual Status void_claims() = 0;

    // ---- views. kNotFound when absent.
    virtual Result<InstanceView> instance(const RunId& run) = 0;
    virtual Result<std::vector<ItemView>> items(const RunId& run) = 0;
    // All instances of a task, by window start, then number. None for an unknown task.
    virtual Result<std::vector<InstanceView>> instances(const TaskId& task) = 0;
    // Instances of any task that are COMMITTING, or COMMITTED but not CLEANED, oldest first.
    virtual Result<std::vector<InstanceView>> open_commits() = 0;
    virtual Result<std::optional<Border>> border(const TaskId& task, const StreamId& stream,
                                                 const ShardId& shard, int64_t time_ms) = 0;
    // The latest border with time < `time_ms`, with its time.
    virtual Result<std::optional<std::pair<int64_t, Border>>> border_before(const TaskId& task,
                                                                            const StreamId& stream,
                                                                            const ShardId& shard,
                                                                            int64_t time_ms) = 0;
    // All borders of a shard, in order of time.
    virtual Result<std::map<int64_t, Border>> borders(const TaskId& task, const StreamId& stream,
                                                      const ShardId& shard) = 0;
};

}  // namespace millrace
