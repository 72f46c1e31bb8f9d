// The ledger's live half in a cluster: the items, leases and checkpoints of unfinished runs, where
// all workers reach them. It may lose everything at any moment (P7); the catalog can rebuild it.
#pragma once

#include "common/store/rows.h"
#include "common/store/state_store.h"

namespace millrace {

// Number of a coordinator's rule over the cluster; grows with every take-over and every rebuild.
enum class Token : uint64_t {};

// A run as the catalog knows it: what create_instance and add_items made of it, and later verbs.
struct LiveRun {
    InstanceRow instance;
    std::vector<ItemRow> items;
    std::map<ItemId, std::vector<Part>> parts;  // of WRITTEN items
    std::string package;                        // sealed, see common/config/job_package.h
};

// How many epochs were drawn, and below what they may be drawn.
struct EpochUse {
    uint64_t drawn = 0;
    uint64_t ceiling = 0;
};

// Workers use the verbs that carry a fence, and views; coordinators all of them. Besides what
// StateStore says, every verb fails with kLedgerLost, changing nothing, while the store's
// incarnation is missing or is not that of the server (it was flushed, restarted, or is an older
// copy), or while the server cannot be reached; and for an object made with a token, with kFenced
// when the store holds a later token, with kLedgerLost when it holds an earlier one or none. A
// claim is refused with kLedgerLost while the next epoch would pass the ceiling. Thread-safe.
class LiveStore : public StateStore {
  public:
    // ---- of a coordinator
    // Takes over a store that is whole: its token becomes `token` if it was `expected` (or is
    // `token` already). kLedgerLost: rebuild it instead.
    virtual Status take_over(Token expected, Token token) = 0;
    // Empties the store and closes it for everybody; epochs go on at `ceiling`, which is also the
    // new ceiling, so that none is drawn. kFenced when it holds a later token than `expected`.
    // Returns the server's identity for end_rebuild.
    virtual Result<std::string> begin_rebuild(Token expected, Token token, uint64_t ceiling) = 0;
    // Puts a run there as it is, also over what is there. Also the way new runs come into a store
    // that is whole: the catalog decided about them.
    virtual Status restore(const LiveRun& run) = 0;
    // Opens the store, if the server is still the one of begin_rebuild; kLedgerLost: begin again.
    virtual Status end_rebuild(const std::string& identity) = 0;
    // Of a run that is there: from now on workers get this one. kNotFound when it is not.
    virtual Status put_package(const RunId& run, const std::string& package) = 0;
    virtual Status raise_ceiling(uint64_t ceiling) = 0;
    virtual Result<EpochUse> epochs() = 0;
    // Removes a run and all that belongs to it: it is CLEANED or CANCELLED, the catalog has it.
    virtual Status forget(const RunId& run) = 0;
    // One of several coordinators acts, the others stand by: true = `holder` leads for `ttl` from
    // now. Only to prevent ping-pong, not for safety. Needs no incarnation and no token.
    virtual Result<bool> lead(const std::string& holder, Duration ttl) = 0;

    // ---- of a worker
    // The package of a run. kNotFound when the run is not there.
    virtual Result<std::string> package(const RunId& run) = 0;
};

}  // namespace millrace
