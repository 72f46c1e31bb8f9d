#include "common/store/memory_live_store.h"

#include <algorithm>

namespace millrace {
namespace {

Status lost(std::string why) {
    return Status(Code::kLedgerLost, "the live store " + std::move(why) + ": it must be rebuilt");
}
Status no_run(const RunId& run) {
    return Status(Code::kNotFound, "the live store has no run " + run.text());
}
Status fenced() {
    return Status(Code::kFenced, "the live store has been taken over by another coordinator");
}

}  // namespace

// Refuses epochs above the ceiling.
class MemoryLiveServer::Rows final : public MemoryTables {
  public:
    explicit Rows(const Keys& keys) : keys_(keys) {}
    void set_epoch(uint64_t epoch) override {
        if (epoch > keys_.ceiling) {
            throw StorageFailure{Status(
                Code::kLedgerLost, "no epoch is left below the live store's ceiling: ask again")};
        }
        MemoryTables::set_epoch(epoch);
    }
    void assign(const MemoryTables& copy, uint64_t epoch) {
        MemoryTables::operator=(copy);
        MemoryTables::set_epoch(epoch);
    }

  private:
    const Keys& keys_;
};

class MemoryLiveServer::Verbs final : public Ledger {
  public:
    Verbs(std::unique_ptr<Tables> rows, Clock& clock) : Ledger(std::move(rows), clock) {}
};

struct MemoryLiveServer::Copy {
    Keys keys;
    MemoryTables rows;
};

MemoryLiveServer::MemoryLiveServer(Clock& clock) : clock_(clock) {
    auto rows = std::make_unique<Rows>(keys_);
    rows_ = rows.get();
    verbs_ = std::make_unique<Verbs>(std::move(rows), clock);
}

MemoryLiveServer::~MemoryLiveServer() = default;

void MemoryLiveServer::lose() {
    const std::lock_guard lock(mutex_);
    keys_ = {};
    rows_->assign({}, 0);
}

std::shared_ptr<const MemoryLiveServer::Copy> MemoryLiveServer::snapshot() const {
    const std::lock_guard lock(mutex_);
    return std::make_shared<Copy>(Copy{keys_, *rows_});
}

void MemoryLiveServer::restore_snapshot(const std::shared_ptr<const Copy>& copy) {
    const std::lock_guard lock(mutex_);
    ++starts_;
    keys_ = copy->keys;
    MemoryTables rows = copy->rows;
    rows_->assign(rows, rows.epoch());
}

Status MemoryLiveServer::holds(std::optional<Token> token) const {
    if (!token || keys_.token == token) return {};
    if (keys_.token && *keys_.token > *token) return fenced();
    return lost("does not know this coordinator");
}

Status MemoryLiveServer::whole(std::optional<Token> token) const {
    if (keys_.incarnation != identity()) return lost("was lost");
    return holds(token);
}

StateStore& MemoryLiveStore::inner() {
    return *server_.verbs_;
}

Status MemoryLiveStore::around(const char*, const std::function<Status()>& call) {
    const std::lock_guard lock(server_.mutex_);
    MILLRACE_TRY(server_.whole(token_));
    return call();
}

Status MemoryLiveStore::take_over(Token expected, Token token) {
    const std::lock_guard lock(server_.mutex_);
    MILLRACE_TRY(server_.whole({}));
    std::optional<Token>& held = server_.keys_.token;
    if (held && *held > token) return fenced();
    if (held != expected && held != token) return lost("had another coordinator meanwhile");
    held = token;
    return {};
}

Result<std::string> MemoryLiveStore::begin_rebuild(Token expected, Token token, uint64_t ceiling) {
    const std::lock_guard lock(server_.mutex_);
    MemoryLiveServer::Keys& keys = server_.keys_;
    if (keys.token && *keys.token > expected && keys.token != token) return fenced();
    MemoryLiveServer::Keys fresh;
    fresh.leader = keys.leader;
    fresh.leads_until = keys.leads_until;
    fresh.rebuilding = server_.identity();
    fresh.token = token;
    fresh.ceiling = ceiling;
    keys = std::move(fresh);
    server_.rows_->assign({}, ceiling);
    return server_.identity();
}

Status MemoryLiveStore::restore(const LiveRun& run) {
    const std::lock_guard lock(server_.mutex_);
    const bool rebuilding = server_.keys_.rebuilding == server_.identity();
    MILLRACE_TRY(rebuilding ? server_.holds(token_) : server_.whole(token_));
    MemoryTables& rows = *server_.rows_;
    rows.remove(run.instance.run);
    rows.insert(run.instance);
    for (const ItemRow& item : run.items) {
        rows.insert(item);
        const auto parts = run.parts.find(item.item);
        if (parts != run.parts.end()) rows.put_parts(item.item, parts->second);
    }
    server_.keys_.packages[run.instance.run] = run.package;
    return {};
}

Status MemoryLiveStore::end_rebuild(const std::string& identity) {
    const std::lock_guard lock(server_.mutex_);
    MILLRACE_TRY(server_.holds(token_));
    MemoryLiveServer::Keys& keys = server_.keys_;
    if (keys.incarnation == identity && server_.identity() == identity) return {};
    if (keys.rebuilding != identity || server_.identity() != identity) {
        return lost("was lost while it was rebuilt");
    }
    keys.rebuilding.clear();
    keys.incarnation = identity;
    return {};
}

Status MemoryLiveStore::raise_ceiling(uint64_t ceiling) {
    const std::lock_guard lock(server_.mutex_);
    MILLRACE_TRY(server_.whole(token_));
    server_.keys_.ceiling = std::max(server_.keys_.ceiling, ceiling);
    return {};
}

Result<EpochUse> MemoryLiveStore::epochs() {
    const std::lock_guard lock(server_.mutex_);
    MILLRACE_TRY(server_.whole(token_));
    return EpochUse{server_.rows_->epoch(), server_.keys_.ceiling};
}

Status MemoryLiveStore::forget(const RunId& run) {
    const std::lock_guard lock(server_.mutex_);
    MILLRACE_TRY(server_.whole(token_));
    server_.rows_->remove(run);
    server_.keys_.packages.erase(run);
    return {};
}

Result<bool> MemoryLiveStore::lead(const std::string& holder, Duration ttl) {
    const std::lock_guard lock(server_.mutex_);
    const MonoTime now = server_.clock_.monotonic();
    MemoryLiveServer::Keys& keys = server_.keys_;
    if (keys.leader != holder && !keys.leader.empty() && now < keys.leads_until) return false;
    keys.leader = holder;
    keys.leads_until = now + ttl;
    return true;
}

Status MemoryLiveStore::put_package(const RunId& run, const std::string& package) {
    const std::lock_guard lock(server_.mutex_);
    MILLRACE_TRY(server_.whole(token_));
    const auto found = server_.keys_.packages.find(run);
    if (found == server_.keys_.packages.end()) return no_run(run);
    found->second = package;
    return {};
}

Result<std::string> MemoryLiveStore::package(const RunId& run) {
    const std::lock_guard lock(server_.mutex_);
    MILLRACE_TRY(server_.whole(token_));
    const auto found = server_.keys_.packages.find(run);
    if (found == server_.keys_.packages.end()) return no_run(run);
    return found->second;
}

}  // namespace millrace
