#include "common/store/ledger.h"

namespace millrace {

InstanceView Ledger::view(const InstanceRow& row) {
    InstanceView view;
    view.run = row.run;
    view.task = row.task;
    view.window = row.window;
    view.kind = row.kind;
    view.number = row.number;
    view.state = row.state;
    view.reason = row.reason;
    view.by_image = row.by_image;
    view.borders_recorded = !row.borders.empty();
    view.job_version = row.job_version;
    view.encoder_version = row.encoder_version;
    view.job = row.job;
    view.control = row.control;
    view.staging = row.staging;
    view.intent = row.intent;
    view.receipt = row.receipt;
    view.counts = tables_.counts(row.run);
    return view;
}

std::vector<InstanceView> Ledger::views(const std::vector<InstanceRow>& rows) {
    std::vector<InstanceView> all;
    for (const InstanceRow& row : rows) all.push_back(view(row));
    return all;
}

Result<InstanceView> Ledger::instance(const RunId& run) {
    return atomically(Durability::kView, [&]() -> Result<InstanceView> {
        const std::optional<InstanceRow> row = tables_.instance(run);
        if (!row) return Status(Code::kNotFound, "the ledger has no run " + run.text());
        return view(*row);
    });
}

Result<std::vector<ItemView>> Ledger::items(const RunId& run) {
    return atomically(Durability::kView, [&]() -> Result<std::vector<ItemView>> {
        if (!tables_.instance(run)) {
            return Status(Code::kNotFound, "the ledger has no run " + run.text());
        }
        std::vector<ItemView> all;
        for (ItemRow& row : tables_.items_of(run)) {
            ItemView& view = all.emplace_back();
            view.progress.new_parts = tables_.parts(row.item);
            view.item = std::move(row.item);
            view.shard = std::move(row.shard);
            view.state = row.state;
            view.start = std::move(row.start);
            view.progress.position = std::move(row.progress.position);
            view.progress.staging = std::move(row.progress.staging);
            view.progress.counts = row.progress.counts;
            view.progress.source_sum = row.progress.source_sum;
            view.progress.output_sum = row.progress.output_sum;
            view.has_progress = row.has_progress;
            view.end = std::move(row.end);
            view.epoch = row.epoch;
            view.abandoned = row.abandoned;
            view.attempts = row.attempts;
            view.reason = std::move(row.reason);
        }
        return all;
    });
}

Result<std::vector<InstanceView>> Ledger::instances(const TaskId& task) {
    return atomically(Durability::kView, [&]() -> Result<std::vector<InstanceView>> {
        return views(tables_.instances_of(task));
    });
}

Result<std::vector<InstanceView>> Ledger::open_commits() {
    return atomically(Durability::kView, [&]() -> Result<std::vector<InstanceView>> {
        return views(tables_.open_commits());
    });
}

Result<std::vector<DueItem>> Ledger::list_due(size_t max) {
    return atomically(Durability::kView, [&]() -> Result<std::vector<DueItem>> {
        return tables_.due(clock_.monotonic(), max);
    });
}

Result<std::optional<Border>> Ledger::border(const TaskId& task, const StreamId& stream,
                                             const ShardId& shard, int64_t time_ms) {
    return atomically(Durability::kView, [&]() -> Result<std::optional<Border>> {
        return tables_.border({task, stream, shard}, time_ms);
    });
}

Result<std::optional<std::pair<int64_t, Border>>> Ledger::border_before(const TaskId& task,
                                                                        const StreamId& stream,
                                                                        const ShardId& shard,
                                                                        int64_t time_ms) {
    return atomically(Durability::kView,
                      [&]() -> Result<std::optional<std::pair<int64_t, Border>>> {
                          return tables_.border_before({task, stream, shard}, time_ms);
                      });
}

Result<std::map<int64_t, Border>> Ledger::borders(const TaskId& task, const StreamId& stream,
                                                  const ShardId& shard) {
    return atomically(Durability::kView, [&]() -> Result<std::map<int64_t, Border>> {
        return tables_.borders({task, stream, shard});
    });
}

}  // namespace millrace
