// The few statements of SQL that clients of MaxCompute use.
#pragma once

#include <string>

#include "tests/standin/odps_sql_cursor.h"
#include "tests/standin/odps_store.h"

namespace millrace::standin {

struct SqlResult {
    bool failed = false;
    bool csv = false;  // the text is the rows of a SELECT
    std::string text;  // or why it failed
};

// Where a query runs.
struct SqlContext {
    OdpsStore& store;
    int64_t now_s = 0;
    std::string id;         // new tables take theirs from it
    int zone_s = 8 * 3600;  // how far the zone of times is ahead of UTC
    bool odps2 = false;     // the types of 2.0 may be used
};

// Runs all statements of a query; those before one that fails are applied. `settings` is the JSON
// object that goes with the job, or empty.
SqlResult run_odps_sql(OdpsStore& store, const std::string& query, const std::string& settings,
                       int64_t now_s, const std::string& id);

// ---- between the SQL files; all throw SqlError
// [project.[schema.]]table; null only with `may_miss`.
OdpsTable* sql_table(SqlCursor& cursor, SqlContext& context, std::string* name, bool may_miss);
// "(pt='..',region='..')" behind the word PARTITION.
OdpsPartitionKey sql_partition(SqlCursor& cursor, const OdpsTable& table);
OdpsPartition& sql_add_partition(SqlContext& context, OdpsTable& table,
                                 const OdpsPartitionKey& key);
// SELECT, INSERT, UPDATE, DELETE; false when the statement is none of them.
bool run_sql_on_rows(SqlCursor& cursor, SqlContext& context, SqlResult& result);

}  // namespace millrace::standin
