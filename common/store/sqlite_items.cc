// The tables `item` and `part`.
#include "common/store/sqlite_columns.h"
#include "common/store/sqlite_tables.h"

namespace millrace {
namespace {

#define MILLRACE_COUNT_COLUMNS                                                        \
    "read,put,\"update\",remove,acknowledged,quarantined,dropped_delete_in_row_mode," \
    "dropped_no_configured_column,rows,rows_dirty,source_bytes,output_bytes"

const std::string kSelectItem =
    "SELECT "
    "item,run,shard,start,state,item.reason,epoch,claim,claim_end,deadline,attempts,reserved,"
    "abandoned,has_progress,position,staging,source_sum,output_sum,end_kind,end_"
    "position," MILLRACE_COUNT_COLUMNS " FROM item ";

Counts read_counts(Statement& row) {
    Counts counts;
    for (uint64_t* count :
         {&counts.read, &counts.put, &counts.update, &counts.remove, &counts.acknowledged,
          &counts.quarantined, &counts.dropped_delete_in_row_mode,
          &counts.dropped_no_configured_column, &counts.rows, &counts.rows_dirty,
          &counts.source_bytes, &counts.output_bytes}) {
        *count = row.number<uint64_t>();
    }
    return counts;
}

ItemRow read_item(Statement& row) {
    ItemRow item;
    item.item = ItemId(row.text());
    item.run = RunId(row.text());
    item.shard = ShardId(row.text());
    item.start = row.text();
    item.state = item_state(row.text());
    item.reason = row.text();
    item.epoch = Epoch(row.number<uint64_t>());
    item.claim = ClaimId(row.text());
    item.claim_end = static_cast<ClaimEnd>(row.number<uint8_t>());
    item.deadline = MonoTime(Duration(row.integer()));
    item.attempts = row.number<int>();
    item.reserved = row.number<uint32_t>();
    item.abandoned = Epoch(row.number<uint64_t>());
    item.has_progress = row.boolean();
    item.progress.position = row.text();
    item.progress.staging = row.text();
    item.progress.source_sum = sum_of(row.text());
    item.progress.output_sum = sum_of(row.text());
    const std::string end_kind = row.text();
    std::string end_position = row.text();
    if (!end_kind.empty()) {
        item.end = ItemEnd{from_name(end_kind, {EndKind::kBorder, EndKind::kShardEnd}),
                           std::move(end_position)};
    }
    item.progress.counts = read_counts(row);
    return item;
}

std::vector<ItemRow> read_items(Statement& statement) {
    std::vector<ItemRow> rows;
    while (statement.step()) rows.push_back(read_item(statement));
    return rows;
}

}  // namespace

std::optional<ItemRow> SqliteTables::item(const ItemId& item) {
    Statement query = database_->statement(kSelectItem + "WHERE item=?");
    if (!query.with(item).step()) return {};
    return read_item(query);
}

void SqliteTables::insert(const ItemRow& row) {
    database_
        ->statement(
            "INSERT INTO item(item,run,shard,start,state,reason,epoch,claim,claim_end,deadline,"
            "attempts,reserved,abandoned,has_progress,position,staging,source_sum,output_sum,"
            "end_kind,end_position," MILLRACE_COUNT_COLUMNS
            ") VALUES(?,?,?,?,'READY','',0,'',0,0,0,0,0,0,'','',?,?,'','',0,0,0,0,0,0,0,0,0,0,0,0)")
        .with(row.item, row.run, row.shard, row.start, row.progress.source_sum.hex(),
              row.progress.output_sum.hex())
        .run();
}

void SqliteTables::update(const ItemRow& row) {
    const Counts& counts = row.progress.counts;
    const std::string source_sum = row.progress.source_sum.hex();
    const std::string output_sum = row.progress.output_sum.hex();
    const std::string_view end_kind = row.end ? name_of(row.end->kind) : "";
    const std::string_view end_position = row.end ? std::string_view(row.end->position) : "";
    database_
        ->statement(
            "UPDATE item SET state=?,reason=?,epoch=?,claim=?,claim_end=?,deadline=?,attempts=?,"
            "reserved=?,abandoned=?,has_progress=?,position=?,staging=?,source_sum=?,output_sum=?,"
            "end_kind=?,"
            "end_position=?,(" MILLRACE_COUNT_COLUMNS ")=(?,?,?,?,?,?,?,?,?,?,?,?) WHERE item=?")
        .with(name_of(row.state), row.reason, static_cast<uint64_t>(row.epoch), row.claim,
              static_cast<int>(row.claim_end), row.deadline.time_since_epoch().count(),
              row.attempts, row.reserved, static_cast<uint64_t>(row.abandoned), row.has_progress,
              row.progress.position, row.progress.staging, source_sum, output_sum, end_kind,
              end_position, counts.read, counts.put, counts.update, counts.remove,
              counts.acknowledged, counts.quarantined, counts.dropped_delete_in_row_mode,
              counts.dropped_no_configured_column, counts.rows, counts.rows_dirty,
              counts.source_bytes, counts.output_bytes, row.item)
        .run();
}

std::vector<ItemRow> SqliteTables::items_of(const RunId& run) {
    Statement query = database_->statement(kSelectItem + "WHERE run=? ORDER BY ordinal");
    return read_items(query.with(run));
}

void SqliteTables::remove_items(const RunId& run) {
    database_->statement("DELETE FROM part WHERE item IN (SELECT item FROM item WHERE run=?)")
        .with(run)
        .run();
    database_->statement("DELETE FROM item WHERE run=?").with(run).run();
}

std::vector<ItemRow> SqliteTables::held_items() {
    // Only running instances have claims; this way around the index of the items serves.
    Statement query =
        database_->statement(kSelectItem +
                             "WHERE run IN (SELECT run FROM instance WHERE state='RUNNING') AND "
                             "(state='CLAIMED' OR abandoned<>0)");
    return read_items(query);
}

std::vector<DueItem> SqliteTables::due(MonoTime now, size_t max) {
    Statement query = database_->statement(
        "SELECT run,(SELECT count(*) FROM item WHERE item.run=instance.run AND "
        "item.state='CLAIMED')>=concurrent FROM instance "
        "WHERE state='RUNNING' AND NOT paused AND NOT cancelled ORDER BY ordinal");
    std::vector<DueItem> due;
    while (due.size() < max && query.step()) {
        const RunId run(query.text());
        add_due(run, query.boolean(), now, max - due.size(), due);
    }
    return due;
}

void SqliteTables::add_due(const RunId& run, bool full, MonoTime now, size_t max,
                           std::vector<DueItem>& due) {
    // Each form is served by an index of its own.
    Statement query = database_->statement(
        full ? "SELECT item,attempts FROM item WHERE run=? AND state='CLAIMED' AND deadline<=? "
               "ORDER BY ordinal LIMIT ?"
             : "SELECT item,attempts FROM item WHERE run=? AND state IN ('READY','CLAIMED') "
               "AND (state='READY' OR deadline<=?) ORDER BY ordinal LIMIT ?");
    query.with(run, now.time_since_epoch().count(), max);
    while (query.step()) {
        DueItem& item = due.emplace_back();
        item.run = run;
        item.item = ItemId(query.text());
        item.attempts = query.number<int>();
    }
}

Tally SqliteTables::tally(const RunId& run) {
    Statement query = database_->statement(
        "SELECT count(*),count(*) FILTER (WHERE state='WRITTEN') FROM item "
        "WHERE run=?");
    query.with(run).step();
    Tally tally;
    tally.items = query.number<size_t>();
    tally.written = query.number<size_t>();
    return tally;
}

size_t SqliteTables::claims_of(const RunId& run) {
    Statement query =
        database_->statement("SELECT count(*) FROM item WHERE run=? AND state='CLAIMED'");
    query.with(run).step();
    return query.number<size_t>();
}

Counts SqliteTables::counts(const RunId& run) {
    Statement query =
        database_->statement("SELECT " MILLRACE_COUNT_COLUMNS " FROM item WHERE run=?");
    query.with(run);
    Counts counts;
    while (query.step()) counts.add(read_counts(query));
    return counts;
}

std::vector<Part> SqliteTables::parts(const ItemId& item) {
    Statement query = database_->statement(
        "SELECT object,number,data FROM part WHERE item=? ORDER BY object,number");
    query.with(item);
    std::vector<Part> parts;
    while (query.step()) {
        Part& part = parts.emplace_back();
        part.object = query.number<uint32_t>();
        part.number = query.number<uint32_t>();
        part.data = query.text();
    }
    return parts;
}

std::optional<Part> SqliteTables::part(const ItemId& item, uint32_t object, uint32_t number) {
    Statement query =
        database_->statement("SELECT data FROM part WHERE item=? AND object=? AND number=?");
    if (!query.with(item, object, number).step()) return {};
    return Part{object, number, query.text()};
}

void SqliteTables::put_parts(const ItemId& item, std::span<const Part> parts) {
    for (const Part& part : parts) {
        database_->statement("INSERT OR REPLACE INTO part VALUES(?,?,?,?)")
            .with(item, part.object, part.number, part.data)
            .run();
    }
}

void SqliteTables::remove_parts(const ItemId& item) {
    database_->statement("DELETE FROM part WHERE item=?").with(item).run();
}

}  // namespace millrace
