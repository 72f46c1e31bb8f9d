// What the sources and targets of a job's items are made from.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "common/config/job_spec.h"
#include "common/net/call.h"
#include "common/record/shape.h"
#include "common/store/state_store.h"

namespace millrace {

// What all items of an instance have in common. Immutable while its items run.
struct Job {
    JobSpec spec;
    RecordShape shape;  // as the coordinator found it at the source
    StreamId stream;    // of streams
    InstanceView instance;
    // Go on behind what the stream has forgotten, also where an item was added without it.
    bool accept_loss = false;
};

// What the source and the target of one item live on: clients and the like. They end after both.
class Belongings {
  public:
    template <typename T, typename... Arguments>
    T& make(Arguments&&... arguments) {
        auto made = std::make_shared<T>(std::forward<Arguments>(arguments)...);
        T& object = *made;
        kept_.push_back(std::move(made));
        return object;
    }

  private:
    std::vector<std::shared_ptr<void>> kept_;
};

// One claimed item, while it runs.
struct ItemParts {
    const Job& job;
    const Claimed& claimed;
    const CallContext& context;  // bound to the claim's lease
    StateStore& store;
    Clock& clock;
    Belongings& own;
};

}  // namespace millrace
