#include "tests/standin/database.h"

#include "tests/standin/ots_error.h"
#include "tests/standin/seeded.h"

namespace millrace::standin {
namespace {

constexpr size_t kTablesMax = 64;
constexpr int kExpirationHoursMax = 168;

}  // namespace

Hostility Database::hostility() const {
    const std::lock_guard lock(mutex_);
    return hostility_;
}

void Database::set_hostility(const Hostility& hostility) {
    const std::lock_guard lock(mutex_);
    hostility_ = hostility;
}

void Database::add(std::shared_ptr<Table> table) {
    const std::lock_guard lock(mutex_);
    if (tables_.contains(table->name()))
        refuse_with(409, "OTSObjectAlreadyExist", "Requested table already exists.");
    if (tables_.size() >= kTablesMax)
        refuse_with(403, "OTSQuotaExhausted", "Number of tables exceeded the quota.");
    tables_[table->name()] = std::move(table);
}

void Database::remove(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (tables_.erase(name) == 0)
        refuse_with(404, "OTSObjectNotExist", "Requested table does not exist.");
}

std::shared_ptr<Table> Database::find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.find(name);
    if (found == tables_.end())
        refuse_with(404, "OTSObjectNotExist", "Requested table does not exist.");
    return found->second;
}

std::shared_ptr<Table> Database::find_by_stream(const std::string& stream) const {
    // A stream id is the table's name, an underscore and a number.
    std::shared_ptr<Table> table;
    {
        const std::lock_guard lock(mutex_);
        const auto found = tables_.find(stream.substr(0, stream.rfind('_')));
        if (found != tables_.end()) table = found->second;
    }
    if (table) {
        const std::shared_lock lock(table->mutex);
        if (table->stream && table->stream->options().id == stream) return table;
    }
    refuse_with(404, "OTSObjectNotExist", "Requested stream does not exist.");
}

std::vector<std::shared_ptr<Table>> Database::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Table>> tables;
    for (const auto& [name, table] : tables_) tables.push_back(table);
    return tables;
}

void Database::enable_stream(Table& table, int expiration_hours, int64_t created_us,
                             const std::vector<Datum>& at) {
    if (expiration_hours < 1 || expiration_hours > kExpirationHoursMax)
        refuse_parameter("The expiration time of stream must be in range: [1, 168].");
    const std::string id = table.name() + '_' + std::to_string(created_us);
    // Not from the id, which holds the time: one seed gives the same shards and pages every time.
    const uint64_t seed = mix(seed_ ^ mix_text(table.name()) ^ mix(++table.streams_given));
    table.stream.emplace(Stream::Options{id, created_us, expiration_hours, seed}, at);
    table.stream_enabled_us = created_us;
}

}  // namespace millrace::standin
