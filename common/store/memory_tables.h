// Rows of the ledger in memory.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "common/store/rows.h"

namespace millrace {

// Not thread-safe. Never fails, so nothing is ever rolled back. A copy is a snapshot.
class MemoryTables : public Tables {
  public:
    void begin(Durability) override {}
    void commit() override {}
    void rollback() noexcept override {}

    uint64_t epoch() override { return epoch_; }
    void set_epoch(uint64_t epoch) override { epoch_ = epoch; }

    std::optional<InstanceRow> instance(const RunId& run) override;
    void insert(const InstanceRow& row) override;
    void update(const InstanceRow& row) override;
    std::vector<RunOfWindow> runs_of(const TaskId& task, const Window& window) override;
    bool later_claimed(const TaskId& task, MillisPoint end) override;
    std::vector<InstanceRow> instances_of(const TaskId& task) override;
    std::vector<InstanceRow> open_commits() override;

    std::optional<ItemRow> item(const ItemId& item) override;
    void insert(const ItemRow& row) override;
    void update(const ItemRow& row) override;
    std::vector<ItemRow> items_of(const RunId& run) override;
    void remove_items(const RunId& run) override;
    std::vector<ItemRow> held_items() override;
    std::vector<DueItem> due(MonoTime now, size_t max) override;
    Tally tally(const RunId& run) override;
    size_t claims_of(const RunId& run) override;
    Counts counts(const RunId& run) override;

    std::vector<Part> parts(const ItemId& item) override;
    std::optional<Part> part(const ItemId& item, uint32_t object, uint32_t number) override;
    void put_parts(const ItemId& item, std::span<const Part> parts) override;
    void remove_parts(const ItemId& item) override;

    void put_border(const BorderKey& key, int64_t time_ms, const Border& border,
                    const RunId& run) override;
    std::optional<Border> border(const BorderKey& key, int64_t time_ms) override;
    std::optional<std::pair<int64_t, Border>> border_before(const BorderKey& key,
                                                            int64_t time_ms) override;
    std::map<int64_t, Border> borders(const BorderKey& key) override;

    // With its items; its borders stay. No effect when it is not there.
    void remove(const RunId& run);

  private:
    struct Item {
        ItemRow row;
        std::map<std::pair<uint32_t, uint32_t>, std::string> parts;
    };
    struct Instance {
        InstanceRow row;
        std::vector<ItemId> items;  // in order of creation
        size_t claims = 0;          // of them CLAIMED
    };

    const InstanceRow& row_of(const RunId& run) const { return instances_.at(run).row; }

    uint64_t epoch_ = 0;
    std::unordered_map<RunId, Instance> instances_;
    std::vector<RunId> in_order_;  // of creation
    std::unordered_map<ItemId, Item> items_;
    std::map<BorderKey, std::map<int64_t, Border>> borders_;
};

}  // namespace millrace
