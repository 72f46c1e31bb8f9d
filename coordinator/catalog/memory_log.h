// The catalog's log in memory: for tests and the simulator.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "coordinator/catalog/catalog_log.h"

namespace millrace {

// What all writers share, and what outlives them. Thread-safe; what open() gives depends on nothing
// but the appends and compactions before it.
class MemoryCatalog {
  public:
    // Of each key only the last record stays, in its place; removed keys vanish.
    void compact() {
        const std::lock_guard lock(mutex_);
        std::map<std::string, size_t> last;
        for (size_t i = 0; i < records_.size(); ++i) last[records_[i].key] = i;
        std::vector<CatalogRecord> kept;
        for (size_t i = 0; i < records_.size(); ++i) {
            if (last[records_[i].key] == i && !records_[i].value.empty()) {
                kept.push_back(std::move(records_[i]));
            }
        }
        records_ = std::move(kept);
    }
    std::vector<CatalogRecord> records() const {
        const std::lock_guard lock(mutex_);
        return records_;
    }
    // What the next append is answered with; `applied`: it was done all the same.
    void fail_next_append(Status status, bool applied = false) {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(status);
        applied_ = applied;
    }

  private:
    friend class MemoryCatalogLog;
    mutable std::mutex mutex_;
    std::vector<CatalogRecord> records_;
    uint64_t writer_ = 0;  // the one that may append
    Status failure_;
    bool applied_ = false;
};

// One writer. `catalog` outlives it.
class MemoryCatalogLog final : public CatalogLog {
  public:
    explicit MemoryCatalogLog(MemoryCatalog& catalog) : catalog_(catalog) {}

    Status open(const std::function<Status(CatalogRecord)>& take) override {
        std::vector<CatalogRecord> records;
        {
            const std::lock_guard lock(catalog_.mutex_);
            writer_ = ++catalog_.writer_;
            records = catalog_.records_;
        }
        for (CatalogRecord& record : records) MILLRACE_TRY(take(std::move(record)));
        return {};
    }

    Status append(std::span<const CatalogRecord> records) override {
        const std::lock_guard lock(catalog_.mutex_);
        if (writer_ == 0 || writer_ != catalog_.writer_) {
            return Status(Code::kFenced, "another coordinator has opened the catalog");
        }
        for (const CatalogRecord& record : records) {
            if (!record.key.empty() && record.value.size() <= CatalogRecord::kValueMax) continue;
            return fatal_error("the record \"" + record.key + "\" of the catalog has " +
                               std::to_string(record.value.size()) + " bytes");
        }
        const Status failure = std::exchange(catalog_.failure_, {});
        if (!failure.ok() && !catalog_.applied_) return failure;
        catalog_.records_.insert(catalog_.records_.end(), records.begin(), records.end());
        return failure;
    }

  private:
    MemoryCatalog& catalog_;
    uint64_t writer_ = 0;
};

}  // namespace millrace
