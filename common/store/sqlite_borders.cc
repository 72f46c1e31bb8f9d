// The table `border`.
#include "common/store/sqlite_tables.h"

namespace millrace {
namespace {

std::pair<int64_t, Border> read_border(Statement& row) {
    const int64_t time_ms = row.integer();
    Border border;
    border.kind = row.text();
    border.position = row.text();
    border.gave_records = row.boolean();
    return {time_ms, std::move(border)};
}

const std::string kSelectBorder =
    "SELECT time,kind,position,gave_records FROM border WHERE task=? AND stream=? AND shard=? ";

}  // namespace

void SqliteTables::put_border(const BorderKey& key, int64_t time_ms, const Border& border,
                              const RunId& run) {
    database_->statement("INSERT INTO border VALUES(?,?,?,?,?,?,?,?)")
        .with(key.task, key.stream, key.shard, time_ms, border.kind, border.position,
              border.gave_records, run)
        .run();
}

std::optional<Border> SqliteTables::border(const BorderKey& key, int64_t time_ms) {
    Statement query = database_->statement(kSelectBorder + "AND time=?");
    if (!query.with(key.task, key.stream, key.shard, time_ms).step()) return {};
    return read_border(query).second;
}

std::optional<std::pair<int64_t, Border>> SqliteTables::border_before(const BorderKey& key,
                                                                      int64_t time_ms) {
    Statement query = database_->statement(kSelectBorder + "AND time<? ORDER BY time DESC LIMIT 1");
    if (!query.with(key.task, key.stream, key.shard, time_ms).step()) return {};
    return read_border(query);
}

std::map<int64_t, Border> SqliteTables::borders(const BorderKey& key) {
    Statement query = database_->statement(kSelectBorder + "ORDER BY time");
    query.with(key.task, key.stream, key.shard);
    std::map<int64_t, Border> all;
    while (query.step()) all.insert(read_border(query));
    return all;
}

}  // namespace millrace
