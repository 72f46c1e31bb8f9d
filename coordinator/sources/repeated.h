// The items of a replay of windows of a stream.
#pragma once

#include "common/store/state_store.h"

namespace millrace {

// A replay reads exactly the shards and positions of the runs it repeats (P1). Windows that are
// joined follow each other: a shard is read from where the first of them began to where the last
// ended.
Status add_repeated_items(StateStore& store, const InstanceView& instance, bool accept_loss);

// Windows that are joined have read together what each of them had read, whatever loss is accepted:
// else rows would be lost when they replace them.
Status check_repeated(StateStore& store, const InstanceView& instance);

}  // namespace millrace
