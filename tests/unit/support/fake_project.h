// A MaxCompute project in memory, for the client, the target and the commit: one table, its
// partitions, upload sessions with blocks.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/net/fake_http.h"
#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/record_reader.h"
#include "common/services/maxcompute/record_writer.h"

namespace millrace::maxcompute {

class FakeProject {
  public:
    struct Session {
        std::string partition;
        bool overwrite = false;
        std::string state = "normal";
        std::map<uint32_t, std::string> blocks;
    };
    using Types = std::vector<std::pair<std::string, std::string>>;

    Types columns = {{"id", "bigint"}, {"name", "string"}};
    Types keys = {{"pt", "string"}};
    bool is_view = false;
    std::set<std::string> partitions;  // quoted
    std::map<std::string, Session> sessions;
    std::map<std::string, std::vector<std::string>> visible;  // committed blocks by partition
    std::vector<std::string> log;                             // "POST uploads", "PUT block 1", …
    std::vector<std::string> statements;
    std::string sql_failure;  // what the next statement fails with
    // Sees each request first; what it returns is the answer.
    std::function<std::optional<Result<HttpAnswer>>(const HttpRequest&)> before;
    // Sees each request with its answer, after its effect.
    std::function<Result<HttpAnswer>(const HttpRequest&, HttpAnswer)> after;

    Result<HttpAnswer> handle(const HttpRequest& request) {
        if (before) {
            if (auto answer = before(request)) return *std::move(answer);
        }
        HttpAnswer answer = serve(request);
        return after ? after(request, std::move(answer)) : Result<HttpAnswer>(std::move(answer));
    }
    std::vector<Column> column_list() const {
        std::vector<Column> list;
        for (const auto& [name, type] : columns) list.push_back(make_column(name, type));
        return list;
    }
    size_t count(const std::string& what) const {
        size_t found = 0;
        for (const std::string& one : log) found += one.starts_with(what);
        return found;
    }
    uint64_t visible_rows(const std::string& partition) {
        uint64_t rows = 0;
        for (const std::string& block : visible[partition]) {
            rows += *check_stream(column_list(), block);
        }
        return rows;
    }
    static HttpAnswer error(int status, const std::string& code) {
        return FakeHttp::answer(status, nlohmann::json{{"Code", code}, {"Message", "no"}}.dump());
    }

  private:
    using Query = std::map<std::string, std::string>;

    HttpAnswer serve(const HttpRequest& request) {
        const size_t mark = request.url.find('?');
        const std::string path = request.url.substr(0, mark);
        Query query;
        for (std::string_view rest = std::string_view(request.url).substr(mark + 1);
             !rest.empty();) {
            const std::string_view pair = rest.substr(0, rest.find('&'));
            rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
            const size_t equals = std::min(pair.find('='), pair.size());
            query[std::string(pair.substr(0, equals))] =
                percent_decode(pair.substr(std::min(equals + 1, pair.size())));
        }
        if (path.ends_with("/tunnel")) return FakeHttp::answer(200, "tunnel.example:80\n");
        if (path.find("/instances") != std::string::npos) return serve_job(request, query);
        if (!path.ends_with("/tables/orders")) {
            return FakeHttp::answer(404,
                                    "<Error><Code>NoSuchObject</Code><Message>ODPS-0130131:Table "
                                    "not found</Message></Error>");
        }
        const std::string method(name_of(request.method));
        if (query.contains("uploads")) return create(query);
        if (query.contains("uploadid")) return serve_session(method, query, request.body);
        if (query.contains("partition")) {
            log.push_back("GET partition");
            return partitions.contains(query["partition"])
                       ? FakeHttp::answer(200, "<Partition/>")
                       : FakeHttp::answer(404, "<Error><Code>NoSuchPartition</Code></Error>");
        }
        log.push_back("GET table");
        const nlohmann::json schema = {{"columns", listed(columns, "isNullable")},
                                       {"partitionKeys", listed(keys, "isNullable")},
                                       {"isVirtualView", is_view}};
        return FakeHttp::answer(200, "<Table><Name>orders</Name><Schema format=\"Json\"><![CDATA[" +
                                         schema.dump() + "]]></Schema></Table>");
    }

    static nlohmann::json listed(const Types& types, const char* nullable) {
        nlohmann::json list = nlohmann::json::array();
        for (const auto& [name, type] : types) {
            const bool required = type.ends_with(" not null");
            list.push_back({{"name", name},
                            {"type", required ? type.substr(0, type.size() - 9) : type},
                            {nullable, !required}});
        }
        return list;
    }

    HttpAnswer serve_job(const HttpRequest& request, const Query& query) {
        if (request.method == Method::kPost) {
            log.push_back("POST job");
            const std::string body(request.body);
            const size_t begin = body.find("<Query>") + 7;
            statements.push_back(body.substr(begin, body.find("</Query>") - begin));
            const size_t open = statements.back().find('(');
            if (statements.back().find("ADD IF NOT EXISTS PARTITION") != std::string::npos) {
                std::string spec = statements.back().substr(open + 1);
                spec = spec.substr(0, spec.find(')'));
                for (size_t at; (at = spec.find("&#39;")) != std::string::npos;) {
                    spec.replace(at, 5, "'");
                }
                partitions.insert(spec);
            }
            return FakeHttp::answer(201, "", {{"location", "http://x/api/instances/i1"}});
        }
        const std::string status = sql_failure.empty() ? "Success" : "Failed";
        if (query.contains("taskstatus")) {
            return FakeHttp::answer(200, "<Instance><Tasks><Task><Status>" + status +
                                             "</Status></Task></Tasks></Instance>");
        }
        if (query.contains("result")) {
            return FakeHttp::answer(200, "<Instance><Tasks><Task><Result>" + sql_failure +
                                             "</Result></Task></Tasks></Instance>");
        }
        return FakeHttp::answer(200, "<Instance><Status>Terminated</Status></Instance>");
    }

    HttpAnswer create(Query& query) {
        log.push_back(query.contains("overwrite") ? "POST uploads overwrite" : "POST uploads");
        const std::string id = "s" + std::to_string(sessions.size() + 1);
        sessions[id] = {query["partition"], query.contains("overwrite"), "normal", {}};
        return show(id);
    }

    HttpAnswer show(const std::string& id) {
        const Session& session = sessions.at(id);
        nlohmann::json blocks = nlohmann::json::array();
        for (const auto& [number, bytes] : session.blocks) blocks.push_back({{"BlockID", number}});
        const nlohmann::json body = {{"UploadID", id},
                                     {"Status", session.state},
                                     {"Schema", {{"columns", listed(columns, "nullable")}}},
                                     {"UploadedBlockList", blocks}};
        return FakeHttp::answer(200, body.dump());
    }

    HttpAnswer serve_session(const std::string& method, Query& query, std::string_view body) {
        const std::string id = query["uploadid"];
        if (!sessions.contains(id)) return error(404, "NoSuchUpload");
        Session& session = sessions[id];
        if (session.partition != query["partition"]) return error(400, "InvalidResourceSpec");
        if (method == "GET") {
            log.push_back("GET session");
            return show(id);
        }
        if (method == "PUT") {
            log.push_back("PUT block " + query["blockid"]);
            if (session.state != "normal") return error(409, "StatusConflict");
            session.blocks[static_cast<uint32_t>(std::stoul(query["blockid"]))] = std::string(body);
            return FakeHttp::answer(200, "");
        }
        log.push_back("POST commit");
        if (session.state != "normal") return error(409, "StatusConflict");
        session.state = "closed";
        auto& rows = visible[session.partition];
        if (session.overwrite) rows.clear();
        for (const auto& [number, bytes] : session.blocks) rows.push_back(bytes);
        return show(id);
    }
};

// A client of such a project.
class FakeProjectTest : public ::testing::Test {
  protected:
    Place place() const { return {"orders", {{"pt", "20261121"}}}; }
    static std::string block(const std::vector<int64_t>& ids) {
        Buffer out;
        RecordWriter writer(out);
        for (const int64_t id : ids) {
            writer.begin_record();
            writer.put_integer(1, id);
            writer.end_record();
        }
        writer.end_stream();
        return std::string(out.view());
    }

    FakeProject project_;
    FakeHttp http_{[this](const HttpRequest& request) { return project_.handle(request); }};
    FakeClock clock_;
    FakeRandom random_{1};
    CallContext context_{http_, clock_, random_, {}, {}};
    const Config config_ = *make_config(
        {"http://odps.example/api", "", "shop", "", "", "id", Secret("very-secret"), {}, 10});
    Client client_{context_, config_};
};

}  // namespace millrace::maxcompute
