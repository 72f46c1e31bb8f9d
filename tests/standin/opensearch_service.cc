#include "tests/standin/opensearch_service.h"

#include <cstdio>
#include <mutex>

#include "tests/standin/http_date.h"
#include "tests/standin/opensearch_auth.h"
#include "tests/standin/opensearch_search.h"

namespace millrace::standin {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int64_t kNonceMs = 30 * 60'000;  // as long as a date may be accepted
constexpr std::string_view kAppsPath = "/v3/openapi/apps/";

// HTTP status of an error of API v3; the real service's are not documented.
int status_of(int code) {
    if (code == 3007 || code == 3013 || code == 3014 || code == 429) return 429;
    if (code == 1000 || code == 1004 || code == 1006 || code == 7500) return 500;
    if (code == 2001 || code == 3012) return 404;
    if (code == 4007) return 400;
    return (code >= 4000 && code < 4100) || code == 5001 || code == 5008 ? 403 : 400;
}

class OpenSearchService final : public Service {
  public:
    OpenSearchService(Account account, OpenSearchApp app, const ServerClock& clock)
        : account_(std::move(account)), app_(std::move(app)), clock_(clock) {}

    std::string name() const override { return "opensearch"; }

    std::string action_of(const Request& request) const override {
        const std::string_view path = request.path();
        if (!path.starts_with(kAppsPath)) return is_v2_push(path) ? "PushV2" : "SearchV2";
        if (path.ends_with("/actions/bulk")) return "Push";
        return path.ends_with("/search") ? "Search" : "GetApp";
    }

    Response handle(const Request& request) override {
        const std::lock_guard lock(mutex_);
        const bool v3 = request.path().starts_with(kAppsPath);
        try {
            return answer(v3 ? run_v3(request) : run_v2(request));
        } catch (const OpenSearchError& error) {
            return refusal(error, v3 ? status_of(error.code) : 200);
        }
    }

    // `code` is one of the service's numbers; without one it is a plain HTTP error.
    Response failure(const Request&, int status, const std::string& code,
                     const std::string& message) override {
        const int number = std::atoi(code.c_str());
        return refusal({number == 0 ? status : number, message}, status);
    }

    void add_counters(json& to) const override {
        const std::lock_guard lock(mutex_);
        size_t documents = 0;
        for (const auto& [name, table] : app_.tables)
            for (const auto& [key, document] : table.accepted()) documents += !document->deleted;
        to["opensearch_documents"] = documents;
        to["opensearch_operations"] = operations_;
    }
    void reset_counters() override {
        const std::lock_guard lock(mutex_);
        operations_ = 0;
    }

    bool administer(const std::string& call, const json& body, json& answer) override {
        const std::lock_guard lock(mutex_);
        if (call == "GET /opensearch/documents") {
            answer = json::object();
            for (const auto& [name, table] : app_.tables)
                for (const auto& [key, document] : table.accepted())
                    if (!document->deleted) answer[key] = document->fields;
            return true;
        }
        if (call != "POST /opensearch") return false;
        app_.delay_ms = body.value("delay_ms", app_.delay_ms);
        app_.edition = body.value("edition", app_.edition);
        if (body.value("clear", false))
            for (auto& [name, table] : app_.tables) table = OpenSearchTable(table.key_field());
        answer = {{"delay_ms", app_.delay_ms}, {"edition", app_.edition}};
        return true;
    }

  private:
    static bool is_v2_push(std::string_view path) { return path.find("/index/doc/") != path.npos; }

    std::string next_id() {
        char text[40];
        std::snprintf(text, sizeof text, "%lld%010llu", static_cast<long long>(clock_.now_ms()),
                      static_cast<unsigned long long>(++requests_));
        return text;
    }

    Response answer(ordered_json body) {
        Response response;
        response.headers.emplace_back("Content-Type", "application/json;charset=UTF-8");
        response.headers.emplace_back("Date", http_date(clock_.now()));
        response.set_body(body.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
        return response;
    }

    Response refusal(const OpenSearchError& error, int status) {
        Response response = answer(
            {{"status", "FAIL"},
             {"request_id", next_id()},
             {"result", ordered_json::object()},
             {"errors", ordered_json::array({{{"code", error.code}, {"message", error.message}}})},
             {"tracer", ""}});
        response.status = status;
        return response;
    }

    ordered_json success(ordered_json result) {
        return {{"status", "OK"},
                {"request_id", next_id()},
                {"result", std::move(result)},
                {"errors", ordered_json::array()},
                {"tracer", ""}};
    }

    void check(const OpenSearchAuth& auth) {
        if (!auth.ok()) throw OpenSearchError{auth.code, auth.message};
        if (auth.nonce.empty()) return;
        const int64_t now = clock_.now_ms();
        std::erase_if(nonces_, [&](const auto& one) { return one.second < now - kNonceMs; });
        if (!nonces_.emplace(auth.nonce, now).second)
            throw OpenSearchError{4005, "Nonce must not be reused"};
    }

    void check_app(std::string_view names) {
        if (names != app_.name) throw OpenSearchError{2001, "App not found"};
    }

    void push(const std::string& table_name, const std::string& body) {
        const auto table = app_.tables.find(table_name);
        if (table == app_.tables.end()) throw OpenSearchError{3012, "Table not found"};
        const int64_t now = clock_.now_ms();
        const OpenSearchError error = table->second.push(body, app_.edition != "standard",
                                                         app_.limits, now, now + app_.delay_ms);
        if (error.code != 0) throw error;
        ++operations_;
    }

    ordered_json run_v3(const Request& request) {
        check(authenticate_v3(account_, request, clock_.now()));
        const std::string_view rest = request.path().substr(kAppsPath.size());
        const size_t slash = std::min(rest.find('/'), rest.size());
        check_app(rest.substr(0, slash));
        const std::string_view call = rest.substr(slash);
        if (request.method == "GET" && call.empty()) return success(describe());
        if (request.method == "GET" && call == "/search") {
            ordered_json body =
                success(search(app_, parse_pairs(request.query()), clock_.now_ms()));
            body["ops_request_misc"] = "";
            return body;
        }
        constexpr std::string_view kBulk = "/actions/bulk";
        if (request.method != "POST" || call.size() <= kBulk.size() || !call.ends_with(kBulk))
            throw OpenSearchError{1001, "No such call"};
        push(std::string(call.substr(1, call.size() - kBulk.size() - 1)), request.body);
        return success(true);
    }

    ordered_json run_v2(const Request& request) {
        const bool form = request.method == "POST";
        OpenSearchPairs pairs = parse_pairs(form ? request.body : request.query());
        check(authenticate_v2(account_, request, pairs, clock_.now()));
        if (!is_v2_push(request.path())) {
            check_app(pairs["index_name"]);
            return success(search(app_, pairs, clock_.now_ms()));
        }
        check_app(request.path().substr(request.path().rfind('/') + 1));
        if (!pairs.contains("action")) return success(look_up(pairs["id"]));
        push(pairs["table_name"], pairs["items"]);
        return {{"status", "OK"}, {"request_id", next_id()}};
    }

    // One document with its values as they are.
    ordered_json look_up(const std::string& key) {
        for (auto& [name, table] : app_.tables) {
            const auto& documents = table.visible(clock_.now_ms());
            const auto found = documents.find(key);
            if (found != documents.end() && !found->second->deleted) return found->second->fields;
        }
        return ordered_json::object();
    }

    ordered_json describe() const {
        ordered_json tables = ordered_json::object();
        for (const auto& [name, table] : app_.tables) {
            const ordered_json key = {
                {"name", table.key_field()}, {"type", "LITERAL"}, {"primaryKey", true}};
            tables[name] = {{"primaryTable", name == app_.tables.begin()->first},
                            {"fields", {{table.key_field(), key}}}};
        }
        return {{"id", "110000001"},
                {"name", app_.name},
                {"type", app_.edition == "standard" ? "standard" : "advance"},
                {"schema", {{"tables", tables}}}};
    }

    const Account account_;
    mutable std::mutex mutex_;
    OpenSearchApp app_;  // guarded by mutex_, as all below
    const ServerClock& clock_;
    std::map<std::string, int64_t> nonces_;  // with their time
    uint64_t requests_ = 0;
    uint64_t operations_ = 0;  // pushes that were taken
};

}  // namespace

std::map<std::string, OpenSearchTable> parse_opensearch_tables(const std::string& text) {
    std::map<std::string, OpenSearchTable> tables;
    for (size_t from = 0; from < text.size();) {
        const size_t end = std::min(text.find(',', from), text.size());
        const std::string one = text.substr(from, end - from);
        const size_t colon = std::min(one.find(':'), one.size());
        tables.emplace(one.substr(0, colon),
                       colon < one.size() ? one.substr(colon + 1) : std::string("id"));
        from = end + 1;
    }
    return tables;
}

std::unique_ptr<Service> make_opensearch_service(Account account, OpenSearchApp app,
                                                 const ServerClock& clock) {
    return std::make_unique<OpenSearchService>(std::move(account), std::move(app), clock);
}

}  // namespace millrace::standin
