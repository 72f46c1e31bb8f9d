#include "coordinator/service/worker_table.h"

#include <nlohmann/json.hpp>

namespace millrace {

void WorkerTable::forget(const std::string& id) {
    const auto found = workers_.find(id);
    if (found == workers_.end()) return;
    for (const ItemId& item : found->second.items) {
        const auto holder = holders_.find(item);
        if (holder != holders_.end() && holder->second == id) holders_.erase(holder);
    }
    workers_.erase(found);
}

void WorkerTable::seen(WorkerInfo worker) {
    const std::lock_guard lock(mutex_);
    forget(worker.id);
    if (workers_.size() >= kWorkersMax) return;
    for (const ItemId& item : worker.items) holders_[item] = worker.id;
    workers_[worker.id] = std::move(worker);
}

void WorkerTable::left(const std::string& id) {
    const std::lock_guard lock(mutex_);
    forget(id);
}

std::vector<WorkerInfo> WorkerTable::present(MonoTime oldest) {
    const std::lock_guard lock(mutex_);
    std::vector<WorkerInfo> found;
    std::vector<std::string> silent;
    for (const auto& [id, worker] : workers_) {
        if (worker.seen >= oldest) {
            found.push_back(worker);
        } else {
            silent.push_back(id);
        }
    }
    for (const std::string& id : silent) forget(id);
    return found;
}

std::string WorkerTable::holder(const ItemId& item) {
    const std::lock_guard lock(mutex_);
    const auto found = holders_.find(item);
    return found == holders_.end() ? std::string() : found->second;
}

nlohmann::json to_json(const std::vector<WorkerInfo>& workers) {
    nlohmann::json all = nlohmann::json::array();
    for (const WorkerInfo& worker : workers) {
        nlohmann::json items = nlohmann::json::array();
        for (const ItemId& item : worker.items) items.push_back(item.text());
        all.push_back({{"id", worker.id},
                       {"host", worker.host},
                       {"slots", worker.slots},
                       {"busy", worker.items.size()},
                       {"labels", worker.labels},
                       {"items", std::move(items)},
                       {"version", worker.version},
                       {"metrics", worker.metrics_url},
                       {"seen", to_iso8601(worker.seen_at)}});
    }
    return all;
}

}  // namespace millrace
