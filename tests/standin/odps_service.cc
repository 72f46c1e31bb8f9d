#include "tests/standin/odps_service.h"

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>

#include "common/crypto/digest.h"
#include "tests/standin/odps_actions.h"
#include "tests/standin/odps_sql.h"

namespace millrace::standin {
namespace {

class OdpsService final : public Service {
  public:
    OdpsService(Account account, std::string project, const ServerClock& clock,
                std::function<Hostility()> hostility, uint64_t seed)
        : account_(std::move(account)),
          clock_(clock),
          hostility_(std::move(hostility)),
          seed_(seed),
          random_(seed) {
        store_.project = std::move(project);
    }

    std::string name() const override { return "odps"; }

    std::string action_of(const Request& request) const override {
        return odps_action_name(request, parse_odps_target(request));
    }

    Response handle(const Request& request) override {
        const OdpsTarget target = parse_odps_target(request);
        const std::string id = next_id();
        Response response;
        try {
            response = answer(request, target, id);
        } catch (const OdpsError& error) {
            response = odps_error(target, id, error);
        }
        complete(response, id);
        return response;
    }

    Response failure(const Request& request, int status, const std::string& code,
                     const std::string& message) override {
        const std::string id = next_id();
        Response response = odps_error(parse_odps_target(request), id, {status, code, message});
        complete(response, id);
        return response;
    }

    void add_counters(nlohmann::json& to) const override {
        const std::lock_guard lock(mutex_);
        size_t rows = 0, open = 0;
        for (const auto& [name, table] : store_.tables) rows += table.count();
        for (const auto& [id, upload] : store_.uploads)
            open += upload.status == OdpsStatus::kNormal ? 1 : 0;
        to["odps_tables"] = store_.tables.size();
        to["odps_rows"] = rows;
        to["odps_open_uploads"] = open;
    }
    void reset_counters() override {}

    bool administer(const std::string& call, const nlohmann::json& body,
                    nlohmann::json& answer) override {
        const std::lock_guard lock(mutex_);
        if (call == "POST /odps/sql") return run_sql(body, answer);
        if (call != "POST /odps/sessions") return false;
        answer["uploads"] = end_sessions(store_.uploads, body.value("uploads", ""));
        answer["downloads"] = end_sessions(store_.downloads, body.value("downloads", ""));
        return true;
    }

  private:
    // Tables for a demo; tests make theirs through the official SDKs.
    bool run_sql(const nlohmann::json& body, nlohmann::json& answer) {
        const SqlResult result = run_odps_sql(store_, body.at("query").get<std::string>(), "",
                                              clock_.now_us() / 1'000'000, next_id());
        answer = {{"failed", result.failed}, {"text", result.text}};
        return true;
    }

    std::string next_id() {
        const uint64_t n = ++requests_;
        const uint64_t words[] = {mix(seed_ + n), mix(mix(seed_) ^ n)};
        return hex({reinterpret_cast<const char*>(words), sizeof words});
    }

    Response answer(const Request& request, const OdpsTarget& target, const std::string& id) {
        authenticate_odps(account_, request, clock_.now());
        if (!target.project.empty() && target.project != store_.project)
            odps_refuse(404, "NoSuchProject",
                        "ODPS-0420111: Project not found - '" + target.project + "'");
        const OdpsAction action = odps_actions().at(odps_action_name(request, target));
        std::unique_lock lock(mutex_);
        OdpsCall call{.request = request,
                      .target = target,
                      .store = store_,
                      .lock = lock,
                      .hostility = hostility_(),
                      .random = random_,
                      .now_ms = clock_.now_ms(),
                      .id = id};
        return action(call);
    }

    void complete(Response& response, const std::string& id) const {
        response.headers.emplace_back("Date", odps_date(clock_.now_ms()));
        response.headers.emplace_back("x-odps-request-id", id);
    }

    // How many were open. Those that are gone include the closed ones.
    template <typename Sessions>
    static size_t end_sessions(Sessions& sessions, const std::string& how) {
        const OdpsStatus status = how == "critical"   ? OdpsStatus::kCritical
                                  : how == "canceled" ? OdpsStatus::kCanceled
                                                      : OdpsStatus::kExpired;
        size_t ended = 0;
        for (auto at = sessions.begin(); at != sessions.end() && !how.empty();) {
            const bool open = at->second.status == OdpsStatus::kNormal;
            ended += open ? 1 : 0;
            if (open) at->second.status = status;
            at = how == "gone" ? sessions.erase(at) : std::next(at);
        }
        return ended;
    }

    const Account account_;
    const ServerClock& clock_;
    const std::function<Hostility()> hostility_;
    const uint64_t seed_;
    std::atomic<uint64_t> requests_{0};
    mutable std::mutex mutex_;
    Seeded random_;    // guarded by mutex_
    OdpsStore store_;  // guarded by mutex_
};

}  // namespace

std::unique_ptr<Service> make_odps_service(Account account, std::string project,
                                           const ServerClock& clock,
                                           std::function<Hostility()> hostility, uint64_t seed) {
    return std::make_unique<OdpsService>(std::move(account), std::move(project), clock,
                                         std::move(hostility), seed);
}

}  // namespace millrace::standin
