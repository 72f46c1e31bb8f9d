// The live half of the ledger in Redis.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/store/live_store.h"
#include "common/store/redis/redis_connection.h"

namespace millrace {

class RedisScripts;

// Every verb and view is one script of this folder, atomic in the server; deadlines are by the
// server's time. All keys begin with "<cluster>:". A call whose answer is lost is repeated for
// three time-outs of the options in all and then fails with kLedgerLost and service_code
// "unreachable": the ledger may be whole, as take_over with the same token twice says when the
// server is back. A lost answer to reserve only wastes numbers. A server without memory is kFatal
// with service_code "OOM". Thread-safe.
class RedisStore final : public LiveStore {
  public:
    // What RedisConnection::open says. `token`: a coordinator's, or none. `clock` outlives it.
    static Result<std::unique_ptr<RedisStore>> open(const RedisOptions& options,
                                                    const std::string& cluster,
                                                    std::optional<Token> token, Clock& clock);
    ~RedisStore() override;

    // Another object over the same connection.
    std::unique_ptr<RedisStore> with_token(std::optional<Token> token) const;
    // For tests: the scripts take their time from `clock` instead of the server. It outlives it.
    void use_time_of(const Clock& clock) { fake_time_ = &clock; }

    Result<CreateOutcome> create_instance(const NewInstance& instance) override;
    Status add_items(const RunId& run, std::span<const NewItem> items) override;
    Result<Claimed> claim(const ItemId& item, const ClaimId& claim, Duration ttl) override;
    Result<RunControl> renew(const Fence& fence, Duration ttl) override;
    Status checkpoint(const Fence& fence, const Progress& progress) override;
    Status finish(const Fence& fence, const Progress& progress, const ItemEnd& end) override;
    Status park(const ItemId& item, const std::optional<Fence>& fence,
                const std::string& reason) override;
    Status release(const Fence& fence, bool counts_as_attempt) override;
    Result<std::vector<DueItem>> list_due(size_t max) override;
    Status record_borders(const RunId& run, std::span<const ShardBorders> borders) override;
    Result<Range> reserve(const Fence& fence, uint32_t count) override;
    Result<Range> reserve_of_run(const Fence& fence, uint32_t count) override;
    Status set_staging(const RunId& run, const std::string& staging) override;
    Status begin_commit(const RunId& run, const std::string& intent) override;
    Status end_commit(const RunId& run, const CommitResult& result) override;
    Status close_instance(const RunId& run, InstanceState state,
                          const std::string& reason) override;
    Status reopen_instance(const RunId& run, const ReopenOptions& options) override;
    Status set_control(const RunId& run, const RunControl& control) override;
    Status void_claims() override;

    Result<InstanceView> instance(const RunId& run) override;
    Result<std::vector<ItemView>> items(const RunId& run) override;
    Result<std::vector<InstanceView>> instances(const TaskId& task) override;
    Result<std::vector<InstanceView>> open_commits() override;
    Result<std::optional<Border>> border(const TaskId& task, const StreamId& stream,
                                         const ShardId& shard, int64_t time_ms) override;
    Result<std::optional<std::pair<int64_t, Border>>> border_before(const TaskId& task,
                                                                    const StreamId& stream,
                                                                    const ShardId& shard,
                                                                    int64_t time_ms) override;
    Result<std::map<int64_t, Border>> borders(const TaskId& task, const StreamId& stream,
                                              const ShardId& shard) override;

    Status take_over(Token expected, Token token) override;
    Result<std::string> begin_rebuild(Token expected, Token token, uint64_t ceiling) override;
    Status restore(const LiveRun& run) override;
    Status end_rebuild(const std::string& identity) override;
    Status put_package(const RunId& run, const std::string& package) override;
    Status raise_ceiling(uint64_t ceiling) override;
    Result<EpochUse> epochs() override;
    Status forget(const RunId& run) override;
    Result<bool> lead(const std::string& holder, Duration ttl) override;
    Result<std::string> package(const RunId& run) override;

  private:
    using Words = std::vector<std::string>;
    RedisStore(std::shared_ptr<RedisScripts> scripts, std::string cluster,
               std::optional<Token> token);
    // The ways of calling a script: plain; with the number of a call; a coordinator's change, which
    // no late copy can do again (without a token: plain).
    Result<RedisAnswer> call(const char* script, Words words, bool large = false);
    Result<RedisAnswer> call(const char* script, Words words, bool large,
                             const std::string& caller);
    std::string caller(std::string_view number = {}) const;
    Result<RedisAnswer> once(const char* script, Words words, bool large = false);
    Result<Range> numbers(const char* script, const Fence& fence, uint32_t count);
    Result<std::vector<InstanceView>> views(const char* script, Words words);

    const std::shared_ptr<RedisScripts> scripts_;
    const std::string cluster_;
    const std::optional<Token> token_;
    const Clock* fake_time_ = nullptr;
};

}  // namespace millrace
