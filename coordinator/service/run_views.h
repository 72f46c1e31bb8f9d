// What the API shows of runs, see coordinator/api/operations.h.
#pragma once

#include <nlohmann/json.hpp>

#include "coordinator/service/supervisor.h"
#include "coordinator/service/worker_table.h"

namespace millrace {

// What stands in no ledger.
struct RunFacts {
    std::string identity, name, label;
};

// How far the end of what was written lies behind `now`; nothing when the item is WRITTEN, or is no
// shard of a stream.
std::optional<Duration> lag_of(const ItemView& item, const InstanceView& instance, TimePoint now);

// Without "items".
nlohmann::json summary(const InstanceView& instance, const RunFacts& facts);
// Of a run that has no instance yet, or was turned away.
// Why it failed, for programs; as long as this coordinator remembers.
void add_code(nlohmann::json& view, const Standing& standing);
nlohmann::json summary(const Standing& standing, const RunFacts& facts);
// Adds "itemsWritten" and "lagSeconds", the largest one.
void add_progress(nlohmann::json& summary, const InstanceView& instance,
                  const std::vector<ItemView>& items, TimePoint now);
nlohmann::json item_views(const std::vector<ItemView>& items, const InstanceView& instance,
                          WorkerTable& workers, TimePoint now);

bool is_over(InstanceState state);
nlohmann::json window_view(const Window& window);  // null for a transfer

}  // namespace millrace
