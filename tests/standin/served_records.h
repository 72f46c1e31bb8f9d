// How many records of each shard were given out, and how many different ones.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace millrace::standin {

// Thread-safe.
class ServedRecords {
  public:
    void add(const std::string& shard, uint64_t first, uint64_t count) {
        const std::lock_guard lock(mutex_);
        Shard& counts = shards_[shard];
        counts.total += count;
        if (counts.seen.size() < first + count) counts.seen.resize(first + count);
        for (uint64_t i = first; i < first + count; ++i) {
            counts.distinct += !counts.seen[i];
            counts.seen[i] = true;
        }
    }
    void reset() {
        const std::lock_guard lock(mutex_);
        shards_.clear();
    }
    nlohmann::json json() const {
        const std::lock_guard lock(mutex_);
        nlohmann::json result = nlohmann::json::object();
        for (const auto& [shard, counts] : shards_)
            result[shard] = {{"total", counts.total}, {"distinct", counts.distinct}};
        return result;
    }

  private:
    struct Shard {
        uint64_t total = 0, distinct = 0;
        std::vector<bool> seen;
    };
    mutable std::mutex mutex_;
    std::map<std::string, Shard> shards_;
};

}  // namespace millrace::standin
