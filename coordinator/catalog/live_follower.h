// Brings the live store into line with the catalog, run by run: after a loss (P7), and after a
// coordinator has ended between the two writes of a verb.
#pragma once

#include <stop_token>

#include "common/base/clock.h"
#include "coordinator/catalog/catalog_ledger.h"

namespace millrace {

// Used by one thread. A verb is written to the catalog first, and the next verb of a run only when
// the live store has followed. So the live store is behind by at most one verb of each run, and
// what that was can be seen from both. Everything here may be repeated.
class LiveFollower {
  public:
    LiveFollower(CatalogLedger& catalog, LiveStore& live, Clock& clock, Duration lease_ttl,
                 std::stop_token stop)
        : catalog_(catalog), live_(live), clock_(clock), ttl_(lease_ttl), stop_(std::move(stop)) {}

    // The store is whole.
    Status bring_into_line();
    // The store was lost: empties it, waits until every lease of before has run out (none was
    // renewed since), and puts unfinished runs there from the catalog.
    Status rebuild(Token before, Token token);
    // The items of a run start again: its claims end, their leases run out, and what the catalog
    // has of it is put over what is there.
    Status start_over(const RunId& run);
    // The steps of this: true = there was a run, so wait_for_leases() comes next, then restore().
    Result<bool> end_claims(const RunId& run);
    Status wait_for_leases();
    Status restore(const RunId& run);

  private:
    Status follow(const InstanceView& live);
    Status follow_running(const InstanceView& live, const LiveRun& run);
    Status follow_items(const InstanceView& live, const LiveRun& run);

    CatalogLedger& catalog_;
    LiveStore& live_;
    Clock& clock_;
    const Duration ttl_;
    const std::stop_token stop_;
};

}  // namespace millrace
