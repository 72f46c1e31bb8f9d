// Rows of the ledger of which every change goes to the catalog's log before it counts.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "common/store/rows.h"
#include "coordinator/catalog/values.h"

namespace millrace {

// Keeps the rows in `view` as well, where they are read. Once an append has failed nothing more is
// answered: what the log holds is not known then. Not thread-safe; throws StorageFailure.
class CatalogTables final : public Tables {
  public:
    // `log` outlives it; `view` is empty and can roll back.
    CatalogTables(CatalogLog& log, std::unique_ptr<Tables> view)
        : log_(log), view_owned_(std::move(view)), view_(*view_owned_) {}

    // Fences other writers and fills the view. Comes first, once.
    Status open();
    // Why nothing is answered any more; ok as long as all is well.
    const Status& failure() const { return failure_; }

    // ---- what the catalog keeps beside the rows; within begin() ... commit()
    uint64_t number(const std::string& key) const;  // 0 = none
    void set_number(const std::string& key, uint64_t number);
    std::optional<std::string> package(const RunId& run) const;
    void set_package(const RunId& run, const std::string& package);  // empty = none
    std::vector<RunId> packages() const;  // in the order in which they were put first
    // As they were given to record_borders. Empty when they are not recorded.
    std::vector<ShardBorders> borders_of(const RunId& run) const;
    void set_borders_of(const RunId& run, std::span<const ShardBorders> borders);
    // In order of creation.
    const std::map<uint64_t, RunId>& runs() const { return runs_; }
    // Those that are RUNNING, COMMITTING or COMMITTED.
    const std::map<uint64_t, RunId>& open_runs() const { return open_; }
    const std::set<TaskId>& tasks() const { return tasks_; }
    // Those that are CLEANED or CANCELLED and have their items still, by the end of their window.
    const std::set<std::pair<MillisPoint, RunId>>& over() const { return over_; }
    // Removes the items of such a run and its package; what they have counted stays.
    void forget_work(const RunId& run);

    // ---- Tables
    void begin(Durability durability) override;
    void commit() override;
    void rollback() noexcept override;
    uint64_t epoch() override { return view_.epoch(); }
    void set_epoch(uint64_t) override;
    std::optional<InstanceRow> instance(const RunId& run) override { return view_.instance(run); }
    void insert(const InstanceRow& row) override;
    void update(const InstanceRow& row) override;
    std::vector<RunOfWindow> runs_of(const TaskId& task, const Window& window) override;
    bool later_claimed(const TaskId& task, MillisPoint end) override;
    std::vector<InstanceRow> instances_of(const TaskId& task) override;
    std::vector<InstanceRow> open_commits() override { return view_.open_commits(); }
    std::optional<ItemRow> item(const ItemId& item) override { return view_.item(item); }
    void insert(const ItemRow& row) override;
    void update(const ItemRow& row) override;
    std::vector<ItemRow> items_of(const RunId& run) override { return view_.items_of(run); }
    void remove_items(const RunId& run) override;
    std::vector<ItemRow> held_items() override { return view_.held_items(); }
    std::vector<DueItem> due(MonoTime now, size_t max) override { return view_.due(now, max); }
    Tally tally(const RunId& run) override { return view_.tally(run); }
    size_t claims_of(const RunId& run) override { return view_.claims_of(run); }
    Counts counts(const RunId& run) override;
    std::vector<Part> parts(const ItemId& item) override { return view_.parts(item); }
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
    // What one transaction has touched.
    struct Touched {
        std::set<RunId> instances, texts;  // texts: with intent and receipt
        std::map<RunId, std::set<ItemId>> items;
        std::map<std::string, std::string> values;
        std::map<RunId, size_t> emptied;  // runs without items now: how many they had
        bool empty() const {
            return instances.empty() && items.empty() && values.empty() && emptied.empty();
        }
    };
    void touch_item(const ItemId& item);
    void fill(const std::map<std::string, std::string>& values);
    void fill_items(const std::string& text);
    void fill_borders(const RunId& run, const std::string& text);
    void keep(const InstanceRow& row, uint64_t ordinal);
    std::vector<CatalogRecord> records();
    void add_items(const RunId& run, const std::set<ItemId>& touched,
                   std::vector<CatalogRecord>& records);
    void add_value(const std::string& key, const std::string& value,
                   std::vector<CatalogRecord>& records);

    CatalogLog& log_;
    const std::unique_ptr<Tables> view_owned_;
    Tables& view_;
    CatalogValues values_;
    Status failure_;
    Touched touched_;
    std::map<std::string, std::string> kept_;  // numbers, packages, borders and counts of runs
    std::map<RunId, uint64_t> ordinals_;
    std::map<uint64_t, RunId> runs_, open_;
    std::set<std::pair<MillisPoint, RunId>> over_;
    std::set<TaskId> tasks_;
    uint64_t next_ = 1;
};

}  // namespace millrace
