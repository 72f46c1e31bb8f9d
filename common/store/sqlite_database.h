// One SQLite connection with its prepared statements.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/status.h"
#include "common/store/rows.h"

namespace millrace {

struct SqliteOptions {
    // False: nothing is ever synced, for tests.
    bool synchronous = true;
    // The file may not grow beyond; 0 = no bound.
    int pages_max = 0;
};

// What an SQLite result code means, for people: names the file and what to do. `os_error` is the
// errno behind it, or 0. A full disk has service_code "ENOSPC".
Status sqlite_status(int code, int os_error, const std::string& path, const char* detail);

// One use of a prepared statement: values in, rows out, then it is free again. Throws
// StorageFailure.
class Statement {
  public:
    Statement(sqlite3* connection, sqlite3_stmt* statement, const std::string& path)
        : connection_(connection), statement_(statement), path_(path) {}
    Statement(const Statement&) = delete;
    ~Statement();

    // The values of all parameters in their order. Texts stay alive until the statement ends.
    template <typename... Values>
    Statement& with(const Values&... values) {
        (bind(values), ...);
        return *this;
    }
    // True: a row is there, to be read column by column.
    bool step();
    void run() { step(); }

    int64_t integer() { return sqlite3_column_int64(statement_, column_++); }
    template <std::integral Number>
    Number number() {
        return static_cast<Number>(integer());
    }
    bool boolean() { return integer() != 0; }
    double real() { return sqlite3_column_double(statement_, column_++); }
    std::string text();

  private:
    void bind(std::string_view value);
    void bind(const std::string& value) { bind(std::string_view(value)); }
    void bind(double value) { check(sqlite3_bind_double(statement_, ++parameter_, value)); }
    template <std::integral Number>
    void bind(Number value) {
        check(sqlite3_bind_int64(statement_, ++parameter_, static_cast<sqlite3_int64>(value)));
    }
    template <typename Tag>
    void bind(const Id<Tag>& id) {
        bind(std::string_view(id.text()));
    }
    void check(int code);

    sqlite3* connection_;
    sqlite3_stmt* statement_;
    const std::string& path_;
    int parameter_ = 0;
    int column_ = 0;
};

// Not thread-safe. Member functions throw StorageFailure.
class SqliteDatabase {
  public:
    // Opens or makes the file with the ledger's tables. ":memory:" is a file that ends with it.
    static Result<std::unique_ptr<SqliteDatabase>> open(const std::string& path,
                                                        const SqliteOptions& options);
    ~SqliteDatabase();

    void execute(const char* sql);
    // Prepared once for each text.
    Statement statement(const std::string& sql);
    void begin(Durability durability);
    void commit() { execute("COMMIT"); }
    void rollback() noexcept;

  private:
    SqliteDatabase(std::string path, const SqliteOptions& options)
        : path_(std::move(path)), options_(options) {}
    void connect();
    void make_tables();
    int pragma(const char* sql);
    void set_synchronous(int level);
    [[noreturn]] void fail(int code);

    const std::string path_;
    const SqliteOptions options_;
    sqlite3* connection_ = nullptr;
    std::unordered_map<std::string, sqlite3_stmt*> statements_;
    int synchronous_ = -1;
};

}  // namespace millrace
