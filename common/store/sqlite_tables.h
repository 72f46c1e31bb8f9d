// Rows of the ledger in SQLite.
#pragma once

#include <memory>

#include "common/store/rows.h"
#include "common/store/sqlite_database.h"

namespace millrace {

// Not thread-safe. Throws StorageFailure.
class SqliteTables final : public Tables {
  public:
    explicit SqliteTables(std::unique_ptr<SqliteDatabase> database)
        : database_(std::move(database)) {}

    void begin(Durability durability) override { database_->begin(durability); }
    void commit() override { database_->commit(); }
    void rollback() noexcept override { database_->rollback(); }

    uint64_t epoch() override;
    void set_epoch(uint64_t epoch) override;

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

  private:
    void add_due(const RunId& run, bool full, MonoTime now, size_t max, std::vector<DueItem>& due);

    std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace millrace
