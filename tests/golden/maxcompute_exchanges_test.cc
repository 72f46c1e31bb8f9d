// The captured exchanges: their answers read by our client code, their requests built by it.
#include <filesystem>
#include <map>
#include <regex>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/net/fake_http.h"
#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/reply.h"
#include "tests/golden/maxcompute_golden.h"

namespace millrace::maxcompute {
namespace {

HttpAnswer answer_of(const nlohmann::json& response) {
    Headers headers;
    for (const auto& [key, value] : response["headers"].items()) {
        std::string name = key;
        for (char& c : name) c = static_cast<char>(std::tolower(c));
        headers.emplace_back(name, value);
    }
    return FakeHttp::answer(response["status"], from_hex(response["body_hex"].get<std::string>()),
                            std::move(headers));
}

bool asks(const Query& query, std::string_view name) {
    return std::any_of(query.begin(), query.end(),
                       [&](const auto& one) { return one.first == name; });
}

// Reads what a good answer holds; the name of the operation, empty when we do not use it.
std::string check_success(const nlohmann::json& one, const std::string& place) {
    const HttpAnswer answer = answer_of(one["response"]);
    const std::string method = one["method"], path = one["path"];
    const Query query = golden_query(one["query"].get<std::string>(), true);
    EXPECT_TRUE(status_of(answer, "do it").ok()) << place;
    if (path.ends_with("/tunnel")) {
        EXPECT_EQ(*read_tunnel_address(answer), "127.0.0.1:18782") << place;
        return "tunnel";
    }
    if (path.ends_with("/instances")) {
        EXPECT_TRUE(read_instance_id(answer).ok()) << place;
        return "submit";
    }
    if (path.find("/instances/") != std::string::npos) {
        if (asks(query, "source")) return {};
        if (asks(query, "result")) {
            EXPECT_FALSE(read_sql_result(answer)->empty()) << place;
            return "result";
        }
        if (!asks(query, "taskstatus")) {
            EXPECT_TRUE(*read_terminated(answer)) << place;
            return "instance";
        }
        EXPECT_NE(read_task(answer)->state, SqlState::kRunning) << place;
        return "task";
    }
    const size_t tables = path.find("/tables/");
    if (tables == std::string::npos || path.find('/', tables + 8) != std::string::npos) return {};
    if (asks(query, "uploads") || (asks(query, "uploadid") && method != "PUT")) {
        const auto session = read_upload(answer);
        EXPECT_TRUE(session.ok() && !session->id.empty() && !session->columns.empty()) << place;
        EXPECT_NE(session->state, SessionState::kBroken) << place;
        return method == "GET" ? "reload" : asks(query, "uploads") ? "upload" : "commit";
    }
    if (asks(query, "downloads")) {
        const auto session = read_download(answer);
        EXPECT_TRUE(session.ok() && session->state == SessionState::kNormal) << place;
        EXPECT_FALSE(session->columns.empty()) << place;
        return "download";
    }
    if (method != "GET" || asks(query, "data")) return method == "PUT" ? "block" : "rows";
    if (asks(query, "partitions")) {
        EXPECT_TRUE(read_partitions(answer).ok()) << place;
        return "partitions";
    }
    if (asks(query, "partition")) return "partition";
    EXPECT_FALSE(read_table(answer)->columns.empty()) << place;
    return "table";
}

TEST(MaxcomputeExchangesGolden, EveryAnswerIsUnderstood) {
    const std::string folder = golden_dir("maxcompute");
    if (folder.empty()) GTEST_SKIP() << "maxcompute is not there";
    std::map<std::string, size_t> seen;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().filename();
        if (!file.starts_with("exchange-")) continue;
        const auto exchanges = read_golden_maxcompute(file)["exchanges"];
        for (const auto& one : exchanges) {
            const std::string place = file + " " + one["seq"].dump();
            if (one["response"]["status"] < 300) {
                ++seen[check_success(one, place)];
                continue;
            }
            const Status status = status_of(answer_of(one["response"]), "do it");
            EXPECT_NE(find_error(status.service_code()), nullptr) << place << status.text();
            EXPECT_NE(status.text().find("request id"), std::string::npos) << place;
            ++seen[status.service_code()];
        }
    }
    for (const char* what : {"tunnel",
                             "submit",
                             "instance",
                             "task",
                             "result",
                             "table",
                             "partitions",
                             "partition",
                             "upload",
                             "block",
                             "reload",
                             "commit",
                             "download",
                             "rows",
                             "NoSuchTable",
                             "NoSuchProject",
                             "NoSuchUpload",
                             "NoSuchPartition",
                             "StatusConflict",
                             "MissingPartitionSpec",
                             "InvalidPartitionSpec",
                             "Unauthorized",
                             "SignatureNotMatch"}) {
        EXPECT_GT(seen[what], 0u) << what;
    }
}

// Plays a captured exchange to our client: each of our requests must be one of the captured ones.
class Replay : public ::testing::Test {
  protected:
    void load(const std::string& file) { exchanges_ = read_golden_maxcompute(file)["exchanges"]; }
    // A request as a text: method, path, sorted parameters without those that only some clients
    // send and without ids, which differ at every run.
    static std::string shape(const std::string& method, const std::string& path, Query query) {
        std::erase_if(query, [](const auto& one) {
            return one.first == "reload" || one.first == "getblockid" || one.first == "asyncmode";
        });
        std::sort(query.begin(), query.end());
        std::string text = method + " " + path;
        for (const auto& [name, value] : query) {
            // A flag's value does not count.
            const bool flag = name == "uploads" || name == "downloads";
            text += " " + name + "=" + (flag ? "" : value);
        }
        static const std::regex id("20261120[0-9a-z]{10,}");
        return std::regex_replace(text, id, "ID");
    }
    Result<HttpAnswer> answer(const HttpRequest& request) {
        // Some clients had asked for it in an exchange before.
        if (request.url.find("/tunnel?") != std::string::npos) {
            return FakeHttp::answer(200, "127.0.0.1:18782");
        }
        const std::string_view url = std::string_view(request.url).substr(request.url.find('/', 7));
        const size_t mark = url.find('?');
        const std::string asked =
            shape(std::string(name_of(request.method)), percent_decode(url.substr(0, mark)),
                  golden_query(url.substr(mark + 1), false));
        for (auto one = exchanges_.begin(); one != exchanges_.end(); ++one) {
            const std::string captured =
                shape((*one)["method"], percent_decode((*one)["path"].get<std::string>()),
                      golden_query((*one)["query"].get<std::string>(), true));
            if (captured != asked) continue;
            HttpAnswer found = answer_of((*one)["response"]);
            exchanges_.erase(one);
            return found;
        }
        ADD_FAILURE() << asked << " was not captured";
        return FakeHttp::answer(404, "");
    }

    nlohmann::json exchanges_;
    FakeHttp http_{[this](const HttpRequest& request) { return answer(request); }};
    FakeClock clock_;
    FakeRandom random_{1};
    CallContext context_{http_, clock_, random_, {}, {}};
    const OdpsAddress address_{"http://127.0.0.1:18782/api",
                               "",
                               "demo_project",
                               "",
                               "",
                               "testid",
                               Secret("testsecret"),
                               {},
                               10};
    Client client_{context_, *make_config(address_)};
};

TEST_F(Replay, AnUploadOfThreeBlocks) {
    if (golden_dir("maxcompute").empty()) GTEST_SKIP();
    for (const std::string client : {"pyodps-0.13.2", "java-0.52.3-public"}) {
        load("exchange-" + client + "-upload-3-blocks.json");
        std::string table = client.starts_with("java") ? "conform_java_all" : "conform_py_all";
        const Place place{table, *parse_odps_partition("pt=20170101,region=x")};
        const auto session = client_.create_upload(place, {});
        ASSERT_TRUE(session.ok()) << session.status().text();
        EXPECT_EQ(session->state, SessionState::kNormal);
        EXPECT_TRUE(session->blocks.empty());
        for (uint32_t block : {0u, 1u, 2u}) {
            EXPECT_TRUE(client_.put_block(place, session->id, block, "x").ok());
        }
        EXPECT_EQ(client_.upload(place, session->id)->blocks, (std::vector<uint32_t>{0, 1, 2}));
        EXPECT_EQ(client_.commit_upload(place, session->id)->state, SessionState::kClosed);
    }
}

TEST_F(Replay, ARangeOfSomeColumns) {
    if (golden_dir("maxcompute").empty()) GTEST_SKIP();
    load("exchange-pyodps-0.13.2-download-range-columns.json");
    const Place place{"conform_py_all", *parse_odps_partition("pt=20170101,region=x")};
    const auto session = client_.create_download(place);
    ASSERT_TRUE(session.ok()) << session.status().text();
    EXPECT_EQ(session->rows, 4u);
    const std::vector<Column> columns = {session->columns[2], session->columns[0]};
    EXPECT_EQ(columns[0].name, "c_string");
    const auto rows = client_.read_rows(place, *session, {1, 2}, columns);
    ASSERT_TRUE(rows.ok()) << rows.status().text();
    EXPECT_EQ(decode_golden(columns, rows->view()),
              nlohmann::json::parse(R"([[null,null],[{"hex":""},-9223372036854775807]])"));
}

TEST_F(Replay, TablesPartitionsAndStatements) {
    if (golden_dir("maxcompute").empty()) GTEST_SKIP();
    load("exchange-java-0.52.3-public-get-table-schema.json");
    const auto table = client_.get_table("conform_java_all");
    ASSERT_TRUE(table.ok()) << table.status().text();
    EXPECT_EQ(table->columns[5].type_text, "decimal(38,18)");
    ASSERT_EQ(table->partition_keys.size(), 2u);
    EXPECT_EQ(table->partition_keys[1].name, "region");

    load("exchange-pyodps-0.13.2-list-partitions.json");
    const auto partitions = client_.list_partitions("conform_py_all");
    ASSERT_TRUE(partitions.ok());
    ASSERT_EQ(partitions->size(), 2u);
    EXPECT_EQ(to_text((*partitions)[1]), "pt=20170102,region=y z");
    const auto place = [](const char* text) {
        return Place{"conform_py_all", *parse_odps_partition(text)};
    };
    EXPECT_TRUE(*client_.partition_exists(place("pt=20170101/region=x")));
    EXPECT_FALSE(*client_.partition_exists(place("pt=nope,region='x'")));

    load("exchange-pyodps-0.13.2-sql-select.json");
    EXPECT_EQ(*client_.run_sql("SELECT COUNT(1) AS n FROM conform_py_plain"), "\"n\"\n500\n");
    load("exchange-pyodps-0.13.2-sql-error.json");
    const Status failed = client_.run_sql("SELECT 1 FROM no_such_table_here").status();
    EXPECT_EQ(failed.service_code(), "NoSuchTable");
    EXPECT_NE(failed.text().find("no_such_table_here cannot be resolved"), std::string::npos);
}

}  // namespace
}  // namespace millrace::maxcompute
