// What the committer needs of a kind of target. Staged targets have pieces (objects) that become
// visible one by one; keyed targets have none.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/store/state_store.h"

namespace millrace {

// One per instance, used by one thread. Every call may be repeated.
class TargetCommit {
  public:
    virtual ~TargetCommit() = default;
    // Before any item runs: does the target exist, may this job write there; makes what must be
    // there.
    virtual Status prepare(const InstanceView& instance) = 0;
    // The items of the run as the ledger shows them while it is driven; comes often.
    virtual void saw(const std::vector<ItemView>&) {}
    // JSON of all that the commit will do; it goes to the ledger before the target is touched.
    // kNotFound: what the items have written is gone, all of them start again.
    virtual Result<std::string> make_intent(const InstanceView& instance,
                                            const std::vector<ItemView>& items) = 0;
    // What follows works from the intent only, so that another process can go on.
    virtual Status load(const std::string& intent) = 0;
    virtual size_t pieces() const = 0;
    virtual Status complete(size_t piece) = 0;
    virtual Result<bool> look(size_t piece) = 0;
    // The items whose staging holds the piece; they start again when it is gone.
    virtual std::vector<ItemId> items_of(size_t piece) const = 0;
    // Adds "target", "objects", "removed" … to the receipt.
    virtual void describe(nlohmann::json& receipt) const = 0;
    virtual Status publish(const nlohmann::json& receipt) = 0;
    virtual Status clean() = 0;
    // The run was given up, nothing of it is visible: removes what its items have staged.
    virtual Status abandon() { return {}; }
};

}  // namespace millrace
