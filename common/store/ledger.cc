#include "common/store/ledger.h"

namespace millrace {
namespace {

Status absent(std::string_view kind, const std::string& id) {
    return Status(Code::kNotFound, "the ledger has no " + std::string(kind) + " " + id);
}

}  // namespace

Status Ledger::change(Durability durability, const ItemId& item,
                      const std::function<Status(ItemRow&)>& rule) {
    return atomically(durability, [&]() -> Status {
        std::optional<ItemRow> row = tables_.item(item);
        if (!row) return absent("item", item.text());
        const ItemRow before = *row;
        const Status status = rule(*row);
        update(before, *row);
        return status;
    });
}

Status Ledger::change(Durability durability, const RunId& run,
                      const std::function<Status(InstanceRow&)>& rule) {
    return atomically(durability, [&]() -> Status {
        std::optional<InstanceRow> row = tables_.instance(run);
        if (!row) return absent("run", run.text());
        const InstanceRow before = *row;
        const Status status = rule(*row);
        update(before, *row);
        return status;
    });
}

Result<CreateOutcome> Ledger::create_instance(const NewInstance& instance) {
    return atomically(Durability::kPower, [&]() -> Result<CreateOutcome> {
        MILLRACE_ASSIGN(const rules::Creation creation,
                        rules::create(instance, tables_.instance(instance.run).has_value(),
                                      tables_.runs_of(instance.task, instance.window),
                                      tables_.later_claimed(instance.task, instance.window.end)));
        if (creation.row) tables_.insert(*creation.row);
        return creation.outcome;
    });
}

Status Ledger::add_items(const RunId& run, std::span<const NewItem> items) {
    return change(Durability::kProcess, run,
                  [&](InstanceRow& instance) { return add(instance, items); });
}

Status Ledger::add(const InstanceRow& instance, std::span<const NewItem> items) {
    MILLRACE_TRY(rules::may_add_items(instance));
    for (const NewItem& item : items) {
        const std::optional<ItemRow> there = tables_.item(item.item);
        if (there && there->run != instance.run) {
            return fatal_error("item " + item.item.text() + " belongs to run " + there->run.text());
        }
    }
    for (const NewItem& item : items) {
        if (!tables_.item(item.item)) tables_.insert(rules::new_item(instance.run, item));
    }
    return {};
}

Result<Claimed> Ledger::claim(const ItemId& item, const ClaimId& claim, Duration ttl) {
    return atomically(Durability::kPower, [&]() -> Result<Claimed> {
        std::optional<ItemRow> row = tables_.item(item);
        if (!row) return absent("item", item.text());
        std::optional<InstanceRow> instance = tables_.instance(row->run);
        if (!instance) return absent("run", row->run.text());
        const ItemRow row_before = *row;
        const InstanceRow instance_before = *instance;
        const uint64_t epoch_before = tables_.epoch();
        uint64_t epoch = epoch_before;
        const Status status = rules::claim(*instance, *row, epoch, tables_.claims_of(row->run),
                                           claim, clock_.monotonic(), ttl);
        // First, because tables may refuse an epoch.
        if (epoch != epoch_before) tables_.set_epoch(epoch);
        update(row_before, *row);
        update(instance_before, *instance);
        if (!status.ok()) return status;
        return claimed(*instance, *row);
    });
}

Claimed Ledger::claimed(const InstanceRow& instance, const ItemRow& item) {
    Claimed claimed;
    claimed.fence = {item.item, item.epoch, item.claim};
    claimed.run = item.run;
    claimed.shard = item.shard;
    claimed.start = item.start;
    claimed.progress = item.progress;
    claimed.progress.new_parts = tables_.parts(item.item);
    claimed.has_progress = item.has_progress;
    claimed.run_staging = instance.staging;
    claimed.by_image = instance.by_image;
    claimed.attempts = item.attempts;
    claimed.recorded_end = item.end;
    claimed.control = shared(instance);
    claimed.deadline = item.deadline;
    return claimed;
}

RunControl Ledger::shared(const InstanceRow& instance) {
    RunControl control = instance.control;
    control.sharing = static_cast<int>(tables_.claims_of(instance.run));
    return control;
}

Result<RunControl> Ledger::renew(const Fence& fence, Duration ttl) {
    RunControl control;
    const Status status = change(Durability::kProcess, fence.item, [&](ItemRow& item) -> Status {
        MILLRACE_TRY(rules::renew(item, fence, clock_.monotonic(), ttl));
        const std::optional<InstanceRow> instance = tables_.instance(item.run);
        if (!instance) return absent("run", item.run.text());
        control = shared(*instance);
        return {};
    });
    if (!status.ok()) return status;
    return control;
}

Status Ledger::checkpoint(const Fence& fence, const Progress& progress) {
    return change(Durability::kProcess, fence.item, [&](ItemRow& item) -> Status {
        MILLRACE_TRY(rules::checkpoint(item, fence, progress));
        tables_.put_parts(item.item, progress.new_parts);
        return {};
    });
}

Status Ledger::finish(const Fence& fence, const Progress& progress, const ItemEnd& end) {
    return change(Durability::kProcess, fence.item, [&](ItemRow& item) -> Status {
        bool known = true;
        for (const Part& part : progress.new_parts) {
            known = known && tables_.part(item.item, part.object, part.number) == part;
        }
        MILLRACE_TRY(rules::finish(item, fence, progress, end, known));
        if (!known) tables_.put_parts(item.item, progress.new_parts);
        return {};
    });
}

Status Ledger::park(const ItemId& item, const std::optional<Fence>& fence,
                    const std::string& reason) {
    if (fence && fence->item != item) {
        return fatal_error("cannot park item " + item.text() + " with a claim of item " +
                           fence->item.text());
    }
    return change(Durability::kProcess, item, [&](ItemRow& row) -> Status {
        const std::optional<InstanceRow> instance = tables_.instance(row.run);
        if (!instance) return absent("run", row.run.text());
        return rules::park(*instance, row, fence, reason);
    });
}

Status Ledger::release(const Fence& fence, bool counts_as_attempt) {
    return change(Durability::kProcess, fence.item,
                  [&](ItemRow& item) { return rules::release(item, fence, counts_as_attempt); });
}

Result<Range> Ledger::reserve(const Fence& fence, uint32_t count) {
    Range range;
    const Status status = change(Durability::kPower, fence.item, [&](ItemRow& item) -> Status {
        MILLRACE_ASSIGN(range, rules::reserve(item, fence, count));
        return {};
    });
    if (!status.ok()) return status;
    return range;
}

Result<Range> Ledger::reserve_of_run(const Fence& fence, uint32_t count) {
    return atomically(Durability::kPower, [&]() -> Result<Range> {
        const std::optional<ItemRow> item = tables_.item(fence.item);
        if (!item) return absent("item", fence.item.text());
        std::optional<InstanceRow> instance = tables_.instance(item->run);
        if (!instance) return absent("run", item->run.text());
        const InstanceRow before = *instance;
        const Result<Range> range = rules::reserve_of_run(*instance, *item, fence, count);
        update(before, *instance);
        return range;
    });
}

Status Ledger::set_staging(const RunId& run, const std::string& staging) {
    return change(Durability::kPower, run, [&](InstanceRow& instance) -> Status {
        const std::string before = instance.staging;
        MILLRACE_TRY(rules::set_staging(instance, staging));
        if (staging == before) return {};
        for (ItemRow& item : tables_.items_of(run)) {
            if (item.abandoned == Epoch{}) continue;
            item.abandoned = {};
            tables_.update(item);
        }
        return {};
    });
}

Status Ledger::record_borders(const RunId& run, std::span<const ShardBorders> borders) {
    return change(Durability::kProcess, run, [&](InstanceRow& instance) {
        return record(instance, tables_.tally(run), borders);
    });
}

Status Ledger::record(InstanceRow& instance, const Tally& tally,
                      std::span<const ShardBorders> borders) {
    InstanceRow after = instance;
    MILLRACE_TRY(rules::record_borders(after, tally, rules::digest(borders)));
    if (after == instance) return {};
    for (const ShardBorders& shard : borders) {
        for (const auto& [time_ms, border] : shard.borders) {
            const auto there = tables_.border({instance.task, shard.stream, shard.shard}, time_ms);
            if (!there || *there == border) continue;
            return fatal_error("the border of shard " + shard.shard.text() + " at " +
                               std::to_string(time_ms) + " ms is recorded and is another");
        }
    }
    for (const ShardBorders& shard : borders) {
        const BorderKey key{instance.task, shard.stream, shard.shard};
        for (const auto& [time_ms, border] : shard.borders) {
            if (tables_.border(key, time_ms)) continue;
            tables_.put_border(key, time_ms, border, instance.run);
        }
    }
    instance = after;
    return {};
}

Status Ledger::begin_commit(const RunId& run, const std::string& intent) {
    return change(Durability::kPower, run, [&](InstanceRow& instance) {
        return rules::begin_commit(instance, tables_.tally(run), intent);
    });
}

void Ledger::start_again(ItemRow item, bool within_borders) {
    const ItemRow before = item;
    rules::start_again(item, within_borders);
    update(before, item);
    tables_.remove_parts(item.item);
}

Status Ledger::end_commit(const RunId& run, const CommitResult& result) {
    return change(Durability::kPower, run, [&](InstanceRow& instance) -> Status {
        std::vector<ItemRow> again;
        if (result.step == CommitStep::kRestage) {
            for (const ItemId& item : result.restage) {
                std::optional<ItemRow> row = tables_.item(item);
                if (!row || row->run != run) return absent("item of this run", item.text());
                again.push_back(std::move(*row));
            }
        }
        MILLRACE_TRY(rules::end_commit(instance, result));
        for (ItemRow& item : again) start_again(std::move(item), !instance.borders.empty());
        return {};
    });
}

Status Ledger::close_instance(const RunId& run, InstanceState state, const std::string& reason) {
    return change(Durability::kProcess, run, [&](InstanceRow& instance) -> Status {
        MILLRACE_TRY(rules::close(instance, state, reason));
        for (ItemRow& item : tables_.items_of(run)) {
            const ItemRow before = item;
            rules::void_claim(item, false);
            update(before, item);
        }
        return {};
    });
}

Status Ledger::reopen_instance(const RunId& run, const ReopenOptions& options) {
    return change(Durability::kProcess, run,
                  [&](InstanceRow& instance) { return reopen(instance, options); });
}

Status Ledger::reopen(InstanceRow& instance, const ReopenOptions& options) {
    MILLRACE_TRY(rules::reopen(instance, options, tables_.runs_of(instance.task, instance.window),
                               tables_.later_claimed(instance.task, instance.window.end)));
    for (ItemRow& item : tables_.items_of(instance.run)) {
        if (options.restart) {
            start_again(std::move(item), !instance.borders.empty());
            continue;
        }
        const ItemRow before = item;
        rules::reopen_item(item);
        update(before, item);
    }
    return {};
}

Status Ledger::set_control(const RunId& run, const RunControl& control) {
    return change(Durability::kProcess, run,
                  [&](InstanceRow& instance) { return rules::set_control(instance, control); });
}

Status Ledger::void_claims() {
    return atomically(Durability::kProcess, [&]() -> Status {
        for (ItemRow& item : tables_.held_items()) {
            rules::void_claim(item, true);
            item.abandoned = {};  // its owner is dead
            tables_.update(item);
        }
        return {};
    });
}

}  // namespace millrace
