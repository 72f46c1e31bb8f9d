#include "common/store/sqlite_store.h"

#include "common/store/sqlite_tables.h"

namespace millrace {

SqliteStore::SqliteStore(std::unique_ptr<SqliteDatabase> database, Clock& clock)
    : Ledger(std::make_unique<SqliteTables>(std::move(database)), clock) {}

Result<std::unique_ptr<SqliteStore>> SqliteStore::create(const std::string& path, Clock& clock,
                                                         const SqliteOptions& options) {
    MILLRACE_ASSIGN(std::unique_ptr<SqliteDatabase> database, SqliteDatabase::open(path, options));
    return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database), clock));
}

}  // namespace millrace
