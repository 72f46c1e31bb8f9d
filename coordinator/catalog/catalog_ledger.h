// The ledger as the catalog keeps it: the truth about instances, and about items at their start and
// at their end; what lies between is the live store's.
#pragma once

#include <memory>

#include "common/store/ledger.h"
#include "common/store/live_store.h"
#include "coordinator/catalog/catalog_tables.h"

namespace millrace {

// Thread-safe. Verbs of claims are refused. A verb whose append fails answers with the log's status
// and so does every one after it: the catalog must be opened again.
class CatalogLedger final : public Ledger {
  public:
    // Fences every other coordinator and reads the log. `log` and `clock` outlive the ledger.
    static Result<std::unique_ptr<CatalogLedger>> open(CatalogLog& log, Clock& clock);
    // Why it must be opened again; ok as long as all is well.
    Status failure();

    // A run counts as claimed (P12) as soon as it has items: who claims is not told to the catalog.
    Status add_items(const RunId& run, std::span<const NewItem> items) override;
    // With the last rows of all items, in the same transaction.
    using Ledger::begin_commit;
    using Ledger::record_borders;
    Status record_borders(const RunId& run, const std::vector<ItemView>& written,
                          std::span<const ShardBorders> borders);
    Status begin_commit(const RunId& run, const std::vector<ItemView>& written,
                        const std::string& intent);
    // True: its items start again, and have left their staging: it was asked for, or the run is by
    // image from now on.
    Result<bool> reopen(const RunId& run, const ReopenOptions& options);
    Status reopen_instance(const RunId& run, const ReopenOptions& options) override {
        return reopen(run, options).status();
    }
    // What a live store knew of its items is gone: a RUNNING one starts again from the recorded
    // starts. None goes on in its staging, of which the numbers given out are not known (P7).
    Status live_half_lost(const RunId& run);

    // ---- what goes to the live store
    Result<LiveRun> live_run(const RunId& run);
    // All its items are WRITTEN and its borders recorded: the catalog knows them better than
    // anyone.
    Result<bool> complete(const RunId& run);
    Result<std::vector<ShardBorders>> borders_of(const RunId& run);
    Result<std::vector<RunId>> open_runs();  // RUNNING, COMMITTING, COMMITTED; oldest first
    Result<std::vector<TaskId>> tasks();
    Result<std::vector<InstanceView>> newest(size_t max, bool unfinished_only);

    // ---- beside the rows
    Result<Token> token();
    Status set_token(Token token);
    Result<uint64_t> ceiling();
    Status set_ceiling(uint64_t ceiling);
    Result<std::string> package(const RunId& run);
    Status put_package(const RunId& run, const std::string& package);
    Status drop_package(const RunId& run);
    // Of runs that are CLEANED or CANCELLED, of windows that ended before `end` and are not being
    // run again: their items and packages are removed, at most of `max` of them. Receipts, borders
    // and counts stay. How many there were.
    Result<size_t> forget_work(MillisPoint end, size_t max);
    // Packages of which no instance was made, in the order in which they were put.
    Result<std::vector<RunId>> pending();

  private:
    CatalogLedger(std::unique_ptr<CatalogTables> tables, Clock& clock)
        : Ledger(std::move(tables), clock), rows_(static_cast<CatalogTables&>(Ledger::tables())) {}
    void start_all_again(InstanceRow& instance);
    bool is_repeated(const InstanceRow& row);
    void take(const RunId& run, const std::vector<ItemView>& written);

    CatalogTables& rows_;
};

// Stands for an intent or a receipt where only its being there counts.
inline constexpr const char* kInCatalog = "{\"kept\":\"in the catalog\"}";

}  // namespace millrace
