#include "common/store/sqlite_database.h"

#include <cerrno>
#include <cstring>

#include "common/store/sqlite_schema.h"

namespace millrace {
namespace {

constexpr int kBusyMillis = 5000;

constexpr int kSynchronousOff = 0;
constexpr int kSynchronousNormal = 1;
constexpr int kSynchronousFull = 2;

}  // namespace

Status sqlite_status(int code, int os_error, const std::string& path, const char* detail) {
    const std::string file = "the ledger " + path;
    const int kind = code & 0xff;  // without the extended part
    if (kind == SQLITE_FULL || os_error == ENOSPC || os_error == EDQUOT) {
        return fatal_error(file + " cannot grow: no space left; make room and start again")
            .with_service_code("ENOSPC");
    }
    switch (kind) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return fatal_error(file + " is locked by another program; close it and start again");
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return fatal_error(file +
                               " cannot be written; give this user write access to the file "
                               "and its folder");
        case SQLITE_CANTOPEN:
            return fatal_error(file + " cannot be opened" +
                               (os_error ? std::string(": ") + std::strerror(os_error) : "") +
                               "; check that its folder exists and may be written");
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return fatal_error(file +
                               " is damaged or no ledger; restore it from a copy, or name "
                               "another state folder");
        case SQLITE_IOERR:
            return fatal_error(file + " cannot be read or written: " +
                               (os_error ? std::strerror(os_error) : detail) +
                               "; check the disk and start again");
        default:
            return fatal_error(file + " failed: " + detail + " (SQLite code " +
                               std::to_string(code) + ")");
    }
}

Statement::~Statement() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

void Statement::check(int code) {
    if (code == SQLITE_OK) return;
    throw StorageFailure{sqlite_status(sqlite3_extended_errcode(connection_),
                                       sqlite3_system_errno(connection_), path_,
                                       sqlite3_errmsg(connection_))};
}

void Statement::bind(std::string_view value) {
    // An empty view may have no address, and that would be bound as NULL.
    const char* bytes = value.empty() ? "" : value.data();
    check(sqlite3_bind_text64(statement_, ++parameter_, bytes, value.size(), SQLITE_STATIC,
                              SQLITE_UTF8));
}

bool Statement::step() {
    column_ = 0;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) check(code);
    return false;
}

std::string Statement::text() {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
    const int size = sqlite3_column_bytes(statement_, column_++);
    return bytes ? std::string(bytes, static_cast<size_t>(size)) : std::string();
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::string& path,
                                                             const SqliteOptions& options) {
    std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path, options));
    try {
        database->connect();
        database->make_tables();
    } catch (const StorageFailure& failure) {
        return failure.status;
    }
    return database;
}

void SqliteDatabase::connect() {
    // Our callers hold a mutex, so SQLite needs none.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path_.c_str(), &connection_, flags, nullptr);
    if (code != SQLITE_OK) fail(code);
    sqlite3_extended_result_codes(connection_, 1);
    sqlite3_busy_timeout(connection_, kBusyMillis);
    execute("PRAGMA journal_mode=WAL");
    if (options_.pages_max > 0) {
        execute(("PRAGMA max_page_count=" + std::to_string(options_.pages_max)).c_str());
    }
}

int SqliteDatabase::pragma(const char* sql) {
    Statement value = statement(sql);
    return value.step() ? value.number<int>() : 0;
}

void SqliteDatabase::make_tables() {
    begin(Durability::kPower);
    const int version = pragma("PRAGMA user_version");
    const int application = pragma("PRAGMA application_id");
    if (pragma("SELECT count(*) FROM sqlite_schema") == 0) {
        execute(kSqliteSchema);
        execute(("PRAGMA user_version=" + std::to_string(kSqliteSchemaVersion)).c_str());
        execute(("PRAGMA application_id=" + std::to_string(kSqliteApplicationId)).c_str());
    } else if (application != kSqliteApplicationId) {
        throw StorageFailure{
            fatal_error("the file " + path_ + " is not a ledger; name another state folder")};
    } else if (version == 1 || version == 2) {
        if (version == 1) execute(kSqliteSecondVersion);
        execute(kSqliteThirdVersion);
    } else if (version != kSqliteSchemaVersion) {
        throw StorageFailure{fatal_error("the ledger " + path_ + " has version " +
                                         std::to_string(version) + ", this program knows " +
                                         std::to_string(kSqliteSchemaVersion) +
                                         "; use the program that wrote it")};
    }
    commit();
}

SqliteDatabase::~SqliteDatabase() {
    for (const auto& [text, prepared] : statements_) sqlite3_finalize(prepared);
    sqlite3_close(connection_);
}

void SqliteDatabase::fail(int code) {
    throw StorageFailure{
        sqlite_status(connection_ ? sqlite3_extended_errcode(connection_) : code,
                      connection_ ? sqlite3_system_errno(connection_) : 0, path_,
                      connection_ ? sqlite3_errmsg(connection_) : sqlite3_errstr(code))};
}

void SqliteDatabase::execute(const char* sql) {
    const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

Statement SqliteDatabase::statement(const std::string& sql) {
    sqlite3_stmt*& prepared = statements_[sql];
    if (!prepared) {
        const int code = sqlite3_prepare_v3(connection_, sql.c_str(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
        if (code != SQLITE_OK) fail(code);
    }
    return {connection_, prepared, path_};
}

void SqliteDatabase::set_synchronous(int level) {
    if (level == synchronous_) return;
    execute(("PRAGMA synchronous=" + std::to_string(level)).c_str());
    synchronous_ = level;
}

void SqliteDatabase::begin(Durability durability) {
    if (!options_.synchronous) {
        set_synchronous(kSynchronousOff);
    } else if (durability != Durability::kView) {
        set_synchronous(durability == Durability::kPower ? kSynchronousFull : kSynchronousNormal);
    }
    // A writer takes its lock at once: it never has to be repeated half way.
    execute(durability == Durability::kView ? "BEGIN" : "BEGIN IMMEDIATE");
}

void SqliteDatabase::rollback() noexcept {
    if (connection_ && sqlite3_get_autocommit(connection_) == 0) {
        sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

}  // namespace millrace
