// The tables of `ledger.sqlite`. docs/ledger.md explains them to people.
#pragma once

namespace millrace {

// Raised with every change of the tables; kept as PRAGMA user_version.
inline constexpr int kSqliteSchemaVersion = 3;
// Says that a file is a ledger ("Mill"); kept as PRAGMA application_id.
inline constexpr int kSqliteApplicationId = 0x4d696c6c;

inline constexpr const char* kSqliteSchema = R"sql(
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES('epoch', 0);

CREATE TABLE instance(
    ordinal INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE, task TEXT NOT NULL,
    window_start INTEGER NOT NULL, window_end INTEGER NOT NULL,
    kind TEXT NOT NULL, number INTEGER NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL,
    by_image INTEGER NOT NULL, claimed INTEGER NOT NULL, borders TEXT NOT NULL,
    job_version TEXT NOT NULL, encoder_version TEXT NOT NULL, job TEXT NOT NULL,
    source_bytes_per_second REAL NOT NULL, source_records_per_second REAL NOT NULL,
    concurrent INTEGER NOT NULL, paused INTEGER NOT NULL, cancelled INTEGER NOT NULL,
    staging TEXT NOT NULL, reserved INTEGER NOT NULL,
    intent TEXT NOT NULL, receipt TEXT NOT NULL,
    UNIQUE(task, window_start, window_end, number)) STRICT;
CREATE UNIQUE INDEX one_active ON instance(task, window_start, window_end)
    WHERE state IN ('RUNNING', 'COMMITTING');
CREATE INDEX instance_state ON instance(state);

CREATE TABLE item(
    ordinal INTEGER PRIMARY KEY,
    item TEXT NOT NULL UNIQUE, run TEXT NOT NULL, shard TEXT NOT NULL, start TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL,
    epoch INTEGER NOT NULL, claim TEXT NOT NULL, claim_end INTEGER NOT NULL,
    deadline INTEGER NOT NULL, attempts INTEGER NOT NULL, reserved INTEGER NOT NULL,
    abandoned INTEGER NOT NULL,
    has_progress INTEGER NOT NULL, position TEXT NOT NULL, staging TEXT NOT NULL,
    source_sum TEXT NOT NULL, output_sum TEXT NOT NULL,
    end_kind TEXT NOT NULL, end_position TEXT NOT NULL,
    read INTEGER NOT NULL, put INTEGER NOT NULL, "update" INTEGER NOT NULL,
    remove INTEGER NOT NULL, acknowledged INTEGER NOT NULL, quarantined INTEGER NOT NULL,
    dropped_delete_in_row_mode INTEGER NOT NULL, dropped_no_configured_column INTEGER NOT NULL,
    rows INTEGER NOT NULL, rows_dirty INTEGER NOT NULL,
    source_bytes INTEGER NOT NULL, output_bytes INTEGER NOT NULL) STRICT;
CREATE INDEX item_run ON item(run);
CREATE INDEX item_open ON item(run) WHERE state IN ('READY', 'CLAIMED');
CREATE INDEX item_claimed ON item(run) WHERE state = 'CLAIMED';

CREATE TABLE part(
    item TEXT NOT NULL, object INTEGER NOT NULL, number INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY(item, object, number)) STRICT, WITHOUT ROWID;

CREATE TABLE border(
    task TEXT NOT NULL, stream TEXT NOT NULL, shard TEXT NOT NULL, time INTEGER NOT NULL,
    kind TEXT NOT NULL, position TEXT NOT NULL, gave_records INTEGER NOT NULL, run TEXT NOT NULL,
    PRIMARY KEY(task, stream, shard, time)) STRICT, WITHOUT ROWID;
)sql";

// From version 1 to 2.
inline constexpr const char* kSqliteSecondVersion = R"sql(
ALTER TABLE instance ADD COLUMN staging TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version=2;
)sql";

// From version 2 to 3.
inline constexpr const char* kSqliteThirdVersion = R"sql(
CREATE INDEX item_claimed ON item(run) WHERE state = 'CLAIMED';
ALTER TABLE item ADD COLUMN abandoned INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version=3;
)sql";

}  // namespace millrace
