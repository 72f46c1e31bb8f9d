// The ledger in one SQLite file: embedded mode.
#pragma once

#include <memory>
#include <string>

#include "common/store/ledger.h"
#include "common/store/sqlite_database.h"

namespace millrace {

// Thread-safe: one connection under one mutex. A verb whose call returned survives the end of the
// process; create_instance, claim, reserve, begin_commit and end_commit survive a power cut, and
// with them everything before. A full disk is kFatal with service_code "ENOSPC". `clock` outlives
// it.
class SqliteStore final : public Ledger {
  public:
    // Opens or makes the file; its folder exists. ":memory:" is a ledger that ends with the object.
    static Result<std::unique_ptr<SqliteStore>> create(const std::string& path, Clock& clock,
                                                       const SqliteOptions& options = {});

  private:
    SqliteStore(std::unique_ptr<SqliteDatabase> database, Clock& clock);
};

}  // namespace millrace
