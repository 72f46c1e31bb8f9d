// A store that hands every verb on to another one, with one place to come between: a lock, a check,
// a fault.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "common/store/live_store.h"

namespace millrace {

// As thread-safe as what it is made of. Base: StateStore or LiveStore.
template <typename Base>
class ForwardedStore : public Base {
  public:
    Result<CreateOutcome> create_instance(const NewInstance& instance) override {
        return through("create_instance", [&] { return inner().create_instance(instance); });
    }
    Status add_items(const RunId& run, std::span<const NewItem> items) override {
        return through("add_items", [&] { return inner().add_items(run, items); });
    }
    Result<Claimed> claim(const ItemId& item, const ClaimId& claim, Duration ttl) override {
        return through("claim", [&] { return inner().claim(item, claim, ttl); });
    }
    Result<RunControl> renew(const Fence& fence, Duration ttl) override {
        return through("renew", [&] { return inner().renew(fence, ttl); });
    }
    Status checkpoint(const Fence& fence, const Progress& progress) override {
        return through("checkpoint", [&] { return inner().checkpoint(fence, progress); });
    }
    Status finish(const Fence& fence, const Progress& progress, const ItemEnd& end) override {
        return through("finish", [&] { return inner().finish(fence, progress, end); });
    }
    Status park(const ItemId& item, const std::optional<Fence>& fence,
                const std::string& reason) override {
        return through("park", [&] { return inner().park(item, fence, reason); });
    }
    Status release(const Fence& fence, bool counts_as_attempt) override {
        return through("release", [&] { return inner().release(fence, counts_as_attempt); });
    }
    Result<std::vector<DueItem>> list_due(size_t max) override {
        return through("list_due", [&] { return inner().list_due(max); });
    }
    Status record_borders(const RunId& run, std::span<const ShardBorders> borders) override {
        return through("record_borders", [&] { return inner().record_borders(run, borders); });
    }
    Result<Range> reserve(const Fence& fence, uint32_t count) override {
        return through("reserve", [&] { return inner().reserve(fence, count); });
    }
    Result<Range> reserve_of_run(const Fence& fence, uint32_t count) override {
        return through("reserve_of_run", [&] { return inner().reserve_of_run(fence, count); });
    }
    Status set_staging(const RunId& run, const std::string& staging) override {
        return through("set_staging", [&] { return inner().set_staging(run, staging); });
    }
    Status begin_commit(const RunId& run, const std::string& intent) override {
        return through("begin_commit", [&] { return inner().begin_commit(run, intent); });
    }
    Status end_commit(const RunId& run, const CommitResult& result) override {
        return through("end_commit", [&] { return inner().end_commit(run, result); });
    }
    Status close_instance(const RunId& run, InstanceState state,
                          const std::string& reason) override {
        return through("close_instance",
                       [&] { return inner().close_instance(run, state, reason); });
    }
    Status reopen_instance(const RunId& run, const ReopenOptions& options) override {
        return through("reopen_instance", [&] { return inner().reopen_instance(run, options); });
    }
    Status set_control(const RunId& run, const RunControl& control) override {
        return through("set_control", [&] { return inner().set_control(run, control); });
    }
    Status void_claims() override {
        return through("void_claims", [&] { return inner().void_claims(); });
    }
    Result<InstanceView> instance(const RunId& run) override {
        return through("instance", [&] { return inner().instance(run); });
    }
    Result<std::vector<ItemView>> items(const RunId& run) override {
        return through("items", [&] { return inner().items(run); });
    }
    Result<std::vector<InstanceView>> instances(const TaskId& task) override {
        return through("instances", [&] { return inner().instances(task); });
    }
    Result<std::vector<InstanceView>> open_commits() override {
        return through("open_commits", [&] { return inner().open_commits(); });
    }
    Result<std::optional<Border>> border(const TaskId& task, const StreamId& stream,
                                         const ShardId& shard, int64_t time_ms) override {
        return through("border", [&] { return inner().border(task, stream, shard, time_ms); });
    }
    Result<std::optional<std::pair<int64_t, Border>>> border_before(const TaskId& task,
                                                                    const StreamId& stream,
                                                                    const ShardId& shard,
                                                                    int64_t time_ms) override {
        return through("border_before",
                       [&] { return inner().border_before(task, stream, shard, time_ms); });
    }
    Result<std::map<int64_t, Border>> borders(const TaskId& task, const StreamId& stream,
                                              const ShardId& shard) override {
        return through("borders", [&] { return inner().borders(task, stream, shard); });
    }

  protected:
    virtual StateStore& inner() = 0;
    // Carries out `call` or not, and says what the caller is told: ok = the call's own answer.
    virtual Status around(const char* verb, const std::function<Status()>& call) = 0;

    template <typename Call>
    auto through(const char* verb, Call call) -> decltype(call()) {
        std::optional<decltype(call())> answer;
        const Status told = around(verb, [&] {
            answer.emplace(call());
            return status_of(*answer);
        });
        if (!told.ok()) return told;
        return *std::move(answer);
    }

  private:
    static Status status_of(const Status& status) { return status; }
    template <typename T>
    static Status status_of(const Result<T>& result) {
        return result.status();
    }
};

// The same with the verbs of a LiveStore.
class ForwardedLiveStore : public ForwardedStore<LiveStore> {
  public:
    Status take_over(Token expected, Token token) override {
        return through("take_over", [&] { return inner().take_over(expected, token); });
    }
    Result<std::string> begin_rebuild(Token expected, Token token, uint64_t ceiling) override {
        return through("begin_rebuild",
                       [&] { return inner().begin_rebuild(expected, token, ceiling); });
    }
    Status restore(const LiveRun& run) override {
        return through("restore", [&] { return inner().restore(run); });
    }
    Status end_rebuild(const std::string& identity) override {
        return through("end_rebuild", [&] { return inner().end_rebuild(identity); });
    }
    Status put_package(const RunId& run, const std::string& package) override {
        return through("put_package", [&] { return inner().put_package(run, package); });
    }
    Status raise_ceiling(uint64_t ceiling) override {
        return through("raise_ceiling", [&] { return inner().raise_ceiling(ceiling); });
    }
    Result<EpochUse> epochs() override {
        return through("epochs", [&] { return inner().epochs(); });
    }
    Status forget(const RunId& run) override {
        return through("forget", [&] { return inner().forget(run); });
    }
    Result<bool> lead(const std::string& holder, Duration ttl) override {
        return through("lead", [&] { return inner().lead(holder, ttl); });
    }
    Result<std::string> package(const RunId& run) override {
        return through("package", [&] { return inner().package(run); });
    }

  protected:
    LiveStore& inner() override = 0;
};

}  // namespace millrace
