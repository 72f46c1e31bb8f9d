// The workers that have told of themselves lately.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace millrace {

struct WorkerInfo {
    std::string id, host, version, metrics_url;
    size_t slots = 0;
    std::vector<std::string> labels;
    std::vector<ItemId> items;  // held now
    MonoTime seen;
    TimePoint seen_at;
};

// Thread-safe. Built from events, so it may be late or wrong: nothing is decided by it.
class WorkerTable {
  public:
    void seen(WorkerInfo worker);
    void left(const std::string& id);
    // Those seen since `oldest`, by id; others are forgotten.
    std::vector<WorkerInfo> present(MonoTime oldest);
    // The worker that says it holds an item; empty = none does.
    std::string holder(const ItemId& item);

  private:
    static constexpr size_t kWorkersMax = 10'000;

    std::mutex mutex_;
    std::map<std::string, WorkerInfo> workers_;
    std::map<ItemId, std::string> holders_;  // id of a worker

    void forget(const std::string& id);
};

// [{"id", "host", "slots", "busy", "labels", "items", "version", "metrics", "seen"}]
nlohmann::json to_json(const std::vector<WorkerInfo>& workers);

}  // namespace millrace
