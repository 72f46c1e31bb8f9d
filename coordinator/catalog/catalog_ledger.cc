#include "coordinator/catalog/catalog_ledger.h"

#include "common/base/planted_bug.h"
#include "common/store/sqlite_tables.h"
#include "coordinator/catalog/catalog_keys.h"

namespace millrace {
namespace {

Status absent(const RunId& run) {
    return Status(Code::kNotFound, "the catalog has no run " + run.text());
}

Tally tally_of(const std::vector<ItemView>& items) {
    Tally tally{.items = items.size(), .written = 0};
    for (const ItemView& item : items) tally.written += item.state == ItemState::kWritten ? 1U : 0U;
    return tally;
}

}  // namespace

Result<std::unique_ptr<CatalogLedger>> CatalogLedger::open(CatalogLog& log, Clock& clock) {
    MILLRACE_ASSIGN(auto database, SqliteDatabase::open(":memory:", {.synchronous = false}));
    auto tables =
        std::make_unique<CatalogTables>(log, std::make_unique<SqliteTables>(std::move(database)));
    MILLRACE_TRY(tables->open());
    return std::unique_ptr<CatalogLedger>(new CatalogLedger(std::move(tables), clock));
}

Status CatalogLedger::failure() {
    return atomically(Durability::kView, []() -> Status { return {}; });
}

Status CatalogLedger::add_items(const RunId& run, std::span<const NewItem> items) {
    return change(Durability::kPower, run, [&](InstanceRow& instance) -> Status {
        MILLRACE_TRY(add(instance, items));
        instance.claimed = instance.claimed || !items.empty();
        return {};
    });
}

// The last row of an item as the live store shows it; its claim is over.
void CatalogLedger::take(const RunId& run, const std::vector<ItemView>& written) {
    for (const ItemView& view : written) {
        std::optional<ItemRow> row = rows_.item(view.item);
        if (!row || row->run != run) continue;
        const ItemRow before = *row;
        row->state = view.state;
        row->progress = view.progress;
        row->progress.new_parts.clear();
        row->has_progress = view.has_progress;
        row->end = view.end;
        row->epoch = view.epoch;
        row->abandoned = view.abandoned;
        row->claim_end = ClaimEnd::kFinished;
        row->attempts = view.attempts;
        update(before, *row);
        if (rows_.parts(view.item) == view.progress.new_parts) continue;
        rows_.remove_parts(view.item);
        rows_.put_parts(view.item, view.progress.new_parts);
    }
}

Status CatalogLedger::record_borders(const RunId& run, const std::vector<ItemView>& written,
                                     std::span<const ShardBorders> borders) {
    return change(Durability::kPower, run, [&](InstanceRow& instance) -> Status {
        const bool known = !instance.borders.empty();
        MILLRACE_TRY(record(instance, tally_of(written), borders));
        if (known) return {};
        take(run, written);
        rows_.set_borders_of(run, borders);
        return {};
    });
}

Status CatalogLedger::begin_commit(const RunId& run, const std::vector<ItemView>& written,
                                   const std::string& intent) {
    return change(Durability::kPower, run, [&](InstanceRow& instance) -> Status {
        MILLRACE_TRY(rules::begin_commit(instance, tally_of(written), intent));
        take(run, written);
        return {};
    });
}

Result<bool> CatalogLedger::reopen(const RunId& run, const ReopenOptions& options) {
    bool again = options.restart;
    const Status status = change(Durability::kPower, run, [&](InstanceRow& instance) -> Status {
        const bool by_image = instance.by_image;
        MILLRACE_TRY(Ledger::reopen(instance, options));
        again = again || by_image != instance.by_image;
        if (again) start_all_again(instance);
        return {};
    });
    if (!status.ok()) return status;
    return again;
}

void CatalogLedger::start_all_again(InstanceRow& instance) {
    for (ItemRow& item : rows_.items_of(instance.run)) {
        start_again(std::move(item), !instance.borders.empty());
        // Children are due beside their parents now, and rows of both may have been written before:
        // only rows as they are now may follow (P12).
        instance.by_image = true;
    }
    instance.staging.clear();
}

Status CatalogLedger::live_half_lost(const RunId& run) {
    return change(Durability::kPower, run, [&](InstanceRow& instance) -> Status {
        if (planted(PlantedBug::kCommittingRestarted)) instance.state = InstanceState::kRunning;
        if (instance.state == InstanceState::kRunning) start_all_again(instance);
        instance.staging.clear();
        return {};
    });
}

Result<LiveRun> CatalogLedger::live_run(const RunId& run) {
    return atomically(Durability::kView, [&]() -> Result<LiveRun> {
        std::optional<InstanceRow> row = rows_.instance(run);
        if (!row) return absent(run);
        LiveRun live;
        live.instance = *std::move(row);
        if (!live.instance.intent.empty()) live.instance.intent = kInCatalog;
        if (!live.instance.receipt.empty()) live.instance.receipt = kInCatalog;
        live.items = rows_.items_of(run);
        for (const ItemRow& item : live.items) {
            std::vector<Part> parts = rows_.parts(item.item);
            if (!parts.empty()) live.parts[item.item] = std::move(parts);
        }
        live.package = rows_.package(run).value_or("");
        return live;
    });
}

Result<bool> CatalogLedger::complete(const RunId& run) {
    return atomically(Durability::kView, [&]() -> Result<bool> {
        const std::optional<InstanceRow> row = rows_.instance(run);
        if (!row) return absent(run);
        const Tally tally = rows_.tally(run);
        return !row->borders.empty() && tally.items > 0 && tally.written == tally.items;
    });
}

Result<std::vector<ShardBorders>> CatalogLedger::borders_of(const RunId& run) {
    return atomically(Durability::kView,
                      [&]() -> Result<std::vector<ShardBorders>> { return rows_.borders_of(run); });
}

Result<std::vector<RunId>> CatalogLedger::open_runs() {
    return atomically(Durability::kView, [&]() -> Result<std::vector<RunId>> {
        std::vector<RunId> runs;
        for (const auto& [ordinal, run] : rows_.open_runs()) runs.push_back(run);
        return runs;
    });
}

Result<std::vector<TaskId>> CatalogLedger::tasks() {
    return atomically(Durability::kView, [&]() -> Result<std::vector<TaskId>> {
        return std::vector<TaskId>(rows_.tasks().begin(), rows_.tasks().end());
    });
}

Result<std::vector<InstanceView>> CatalogLedger::newest(size_t max, bool unfinished_only) {
    return atomically(Durability::kView, [&]() -> Result<std::vector<InstanceView>> {
        const auto& runs = unfinished_only ? rows_.open_runs() : rows_.runs();
        std::vector<InstanceView> views;
        for (auto it = runs.rbegin(); it != runs.rend() && views.size() < max; ++it) {
            views.push_back(view(*rows_.instance(it->second)));
        }
        return views;
    });
}

Result<Token> CatalogLedger::token() {
    return atomically(Durability::kView,
                      [&]() -> Result<Token> { return Token(rows_.number(catalog::kTokenKey)); });
}

Status CatalogLedger::set_token(Token token) {
    return atomically(Durability::kPower, [&]() -> Status {
        rows_.set_number(catalog::kTokenKey, static_cast<uint64_t>(token));
        return {};
    });
}

Result<uint64_t> CatalogLedger::ceiling() {
    return atomically(Durability::kView,
                      [&]() -> Result<uint64_t> { return rows_.number(catalog::kCeilingKey); });
}

Status CatalogLedger::set_ceiling(uint64_t ceiling) {
    return atomically(Durability::kPower, [&]() -> Status {
        rows_.set_number(catalog::kCeilingKey, ceiling);
        return {};
    });
}

Result<std::string> CatalogLedger::package(const RunId& run) {
    return atomically(Durability::kView, [&]() -> Result<std::string> {
        std::optional<std::string> package = rows_.package(run);
        if (package) return *std::move(package);
        if (rows_.instance(run)) {
            return Status(Code::kNotFound, "run " + run.text() +
                                               " is over for so long that its package is no "
                                               "longer kept (coordinator.keepDays)");
        }
        return Status(Code::kNotFound, "the catalog has no package of run " + run.text());
    });
}

Status CatalogLedger::put_package(const RunId& run, const std::string& package) {
    return atomically(Durability::kPower, [&]() -> Status {
        if (package.empty()) return fatal_error("the package of run " + run.text() + " is empty");
        if (rows_.package(run) != package) rows_.set_package(run, package);
        return {};
    });
}

Status CatalogLedger::drop_package(const RunId& run) {
    return atomically(Durability::kPower, [&]() -> Status {
        if (rows_.package(run)) rows_.set_package(run, {});
        return {};
    });
}

// A replay begins with the items of the runs that it repeats, and is compared with them.
bool CatalogLedger::is_repeated(const InstanceRow& row) {
    for (const RunOfWindow& other : rows_.runs_of(row.task, row.window)) {
        if (other.state == InstanceState::kFailed) return true;
    }
    // Of one window, or of several that are joined.
    for (const auto& [ordinal, run] : rows_.open_runs()) {
        const InstanceRow open = *rows_.instance(run);
        if (open.task == row.task && open.window.start < row.window.end &&
            row.window.start < open.window.end) {
            return true;
        }
    }
    return false;
}

Result<size_t> CatalogLedger::forget_work(MillisPoint end, size_t max) {
    return atomically(Durability::kPower, [&]() -> Result<size_t> {
        size_t forgotten = 0;
        for (const auto& [window_end, run] : rows_.over()) {
            if (window_end >= end || forgotten == max) break;
            if (is_repeated(*rows_.instance(run))) continue;
            rows_.forget_work(run);
            ++forgotten;
        }
        return forgotten;
    });
}

Result<std::vector<RunId>> CatalogLedger::pending() {
    return atomically(Durability::kView, [&]() -> Result<std::vector<RunId>> {
        std::vector<RunId> runs = rows_.packages();
        std::erase_if(runs, [&](const RunId& run) { return rows_.instance(run).has_value(); });
        return runs;
    });
}

}  // namespace millrace
