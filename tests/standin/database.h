// All tables of the one instance.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/standin/faults.h"
#include "tests/standin/hostility.h"
#include "tests/standin/server_clock.h"
#include "tests/standin/table.h"

namespace millrace::standin {

// Thread-safe; a table found stays alive while it is held, even when it is deleted.
class Database {
  public:
    Database(const ServerClock& clock, Hostility hostility, uint64_t seed)
        : clock_(clock), hostility_(hostility), seed_(seed), row_faults_(seed) {}

    const ServerClock& clock() const { return clock_; }
    uint64_t seed() const { return seed_; }
    Hostility hostility() const;
    void set_hostility(const Hostility& hostility);

    // Of single rows of BatchWriteRow: kStatus refuses the row with the fault's error code,
    // kLieReply writes it all the same.
    Faults& row_faults() { return row_faults_; }

    // Throw OTSObjectAlreadyExist, OTSObjectNotExist.
    void add(std::shared_ptr<Table> table);
    void remove(const std::string& name);
    std::shared_ptr<Table> find(const std::string& name) const;
    std::shared_ptr<Table> find_by_stream(const std::string& stream) const;
    std::vector<std::shared_ptr<Table>> all() const;

    // Gives the table a stream that began at `created_us`, with one shard per part of the first key
    // column cut `at` some values. Needs the table's lock.
    void enable_stream(Table& table, int expiration_hours, int64_t created_us,
                       const std::vector<Datum>& at = {});

  private:
    const ServerClock& clock_;
    mutable std::mutex mutex_;
    Hostility hostility_;
    const uint64_t seed_;
    Faults row_faults_;
    std::map<std::string, std::shared_ptr<Table>> tables_;
};

}  // namespace millrace::standin
