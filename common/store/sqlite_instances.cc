// The table `instance`.
#include "common/store/sqlite_columns.h"
#include "common/store/sqlite_tables.h"

namespace millrace {
namespace {

const std::string kSelectInstance =
    "SELECT run,task,window_start,window_end,kind,number,state,reason,by_image,claimed,borders,"
    "job_version,encoder_version,job,source_bytes_per_second,source_records_per_second,concurrent,"
    "paused,cancelled,staging,reserved,intent,receipt FROM instance ";

InstanceRow read_instance(Statement& row) {
    InstanceRow instance;
    instance.run = RunId(row.text());
    instance.task = TaskId(row.text());
    instance.window.start = from_millis(row.integer());
    instance.window.end = from_millis(row.integer());
    instance.kind = from_name(row.text(), {RunKind::kFirst, RunKind::kReplay});
    instance.number = row.number<int>();
    instance.state = instance_state(row.text());
    instance.reason = row.text();
    instance.by_image = row.boolean();
    instance.claimed = row.boolean();
    instance.borders = row.text();
    instance.job_version = row.text();
    instance.encoder_version = row.text();
    instance.job = row.text();
    instance.control.source_bytes_per_second = row.real();
    instance.control.source_records_per_second = row.real();
    instance.control.concurrent = row.number<int>();
    instance.control.paused = row.boolean();
    instance.control.cancelled = row.boolean();
    instance.staging = row.text();
    instance.reserved = row.number<uint32_t>();
    instance.intent = row.text();
    instance.receipt = row.text();
    return instance;
}

std::vector<InstanceRow> read_instances(Statement& statement) {
    std::vector<InstanceRow> rows;
    while (statement.step()) rows.push_back(read_instance(statement));
    return rows;
}

}  // namespace

uint64_t SqliteTables::epoch() {
    Statement query = database_->statement("SELECT value FROM counter WHERE name='epoch'");
    return query.step() ? query.number<uint64_t>() : 0;
}

void SqliteTables::set_epoch(uint64_t epoch) {
    database_->statement("UPDATE counter SET value=? WHERE name='epoch'").with(epoch).run();
}

std::optional<InstanceRow> SqliteTables::instance(const RunId& run) {
    Statement query = database_->statement(kSelectInstance + "WHERE run=?");
    if (!query.with(run).step()) return {};
    return read_instance(query);
}

void SqliteTables::insert(const InstanceRow& row) {
    const RunControl& control = row.control;
    database_
        ->statement(
            "INSERT INTO instance(run,task,window_start,window_end,kind,number,state,reason,"
            "by_image,claimed,borders,job_version,encoder_version,job,source_bytes_per_second,"
            "source_records_per_second,concurrent,paused,cancelled,staging,reserved,intent,"
            "receipt) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
        .with(row.run, row.task, to_millis(row.window.start), to_millis(row.window.end),
              name_of(row.kind), row.number, name_of(row.state), row.reason, row.by_image,
              row.claimed, row.borders, row.job_version, row.encoder_version, row.job,
              control.source_bytes_per_second, control.source_records_per_second,
              control.concurrent, control.paused, control.cancelled, row.staging, row.reserved,
              row.intent, row.receipt)
        .run();
}

void SqliteTables::update(const InstanceRow& row) {
    const RunControl& control = row.control;
    database_
        ->statement(
            "UPDATE instance SET state=?,reason=?,by_image=?,claimed=?,borders=?,job_version=?,"
            "encoder_version=?,job=?,source_bytes_per_second=?,source_records_per_second=?,"
            "concurrent=?,paused=?,cancelled=?,staging=?,reserved=?,intent=?,receipt=? WHERE run=?")
        .with(name_of(row.state), row.reason, row.by_image, row.claimed, row.borders,
              row.job_version, row.encoder_version, row.job, control.source_bytes_per_second,
              control.source_records_per_second, control.concurrent, control.paused,
              control.cancelled, row.staging, row.reserved, row.intent, row.receipt, row.run)
        .run();
}

std::vector<RunOfWindow> SqliteTables::runs_of(const TaskId& task, const Window& window) {
    Statement query = database_->statement(
        "SELECT run,number,state FROM instance WHERE task=? AND window_start=? AND window_end=? "
        "ORDER BY number");
    query.with(task, to_millis(window.start), to_millis(window.end));
    std::vector<RunOfWindow> runs;
    while (query.step()) {
        RunOfWindow& run = runs.emplace_back();
        run.run = RunId(query.text());
        run.number = query.number<int>();
        run.state = instance_state(query.text());
    }
    return runs;
}

bool SqliteTables::later_claimed(const TaskId& task, MillisPoint end) {
    return database_
        ->statement("SELECT 1 FROM instance WHERE task=? AND window_start>=? AND claimed LIMIT 1")
        .with(task, to_millis(end))
        .step();
}

std::vector<InstanceRow> SqliteTables::instances_of(const TaskId& task) {
    Statement query =
        database_->statement(kSelectInstance + "WHERE task=? ORDER BY window_start,number,ordinal");
    return read_instances(query.with(task));
}

std::vector<InstanceRow> SqliteTables::open_commits() {
    Statement query = database_->statement(
        kSelectInstance + "WHERE state IN ('COMMITTING','COMMITTED') ORDER BY ordinal");
    return read_instances(query);
}

}  // namespace millrace
