#include "tests/standin/odps_service.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "common/base/fakes/fake_clock.h"
#include "common/crypto/digest.h"
#include "tests/standin/faults.h"
#include "tests/standin/http_date.h"
#include "tests/standin/odps_auth.h"
#include "tests/standin/odps_compression.h"
#include "tests/standin/odps_record_stream.h"
#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

using nlohmann::json;

class OdpsStandinTest : public ::testing::Test {
  protected:
    void SetUp() override {
        sql("create table t (id bigint not null, name string)");
        sql("create table p (id bigint) partitioned by (pt string, region string);"
            "alter table p add partition (pt='1',region='x')");
    }

    Request request(std::string method, std::string target, std::string body = {},
                    Headers headers = {}) {
        Request made{std::move(method), std::move(target), std::move(headers), std::move(body)};
        made.headers.emplace_back("Host", "127.0.0.1:1");
        made.headers.emplace_back("Date", http_date(clock_.now() + skew_));
        made.headers.emplace_back(
            "Authorization",
            "ODPS testid:" + base64(hmac_sha1("testsecret", odps_canonical(made, false))));
        return made;
    }
    Response ask(std::string method, std::string target, std::string body = {},
                 Headers headers = {}) {
        return service_->handle(
            request(std::move(method), std::move(target), std::move(body), std::move(headers)));
    }
    static std::string code(const Response& response) {
        const std::string body(response.view());
        return body.starts_with('{') ? json::parse(body).value("Code", "")
                                     : xml_value(body, "Code");
    }
    static json read(const Response& response) { return json::parse(response.view()); }

    // The result of a query, or why it failed.
    std::string sql(const std::string& query) {
        const Response made = ask("POST", "/api/projects/demo/instances",
                                  "<Instance><Job><Tasks><SQL><Name>T</Name><Query>" +
                                      xml_text(query) + "</Query></SQL></Tasks></Job></Instance>");
        EXPECT_EQ(made.status, 201);
        std::string at;
        for (const auto& [name, value] : made.headers)
            if (name == "Location") at = value.substr(value.find("/api/"));
        return xml_value(ask("GET", at + "?result").view(), "Result");
    }

    std::string upload(const std::string& more = {}, const std::string& table = "t") {
        return read(ask("POST", kTables + table + "?uploads" + more))["UploadID"];
    }
    // Rows (id, "n<id>") of those ids.
    static std::string stream(const std::vector<int64_t>& ids) {
        const OdpsType bigint{OdpsKind::kBigint}, string{OdpsKind::kString};
        OdpsRecordWriter writer({&bigint, &string});
        for (const int64_t id : ids) writer.add({id, "n" + std::to_string(id)}, {0, 1});
        return writer.finish();
    }
    Response put(const std::string& session, int block, const std::string& body,
                 Headers headers = {}) {
        return ask("PUT", kTables + "t?uploadid=" + session + "&blockid=" + std::to_string(block),
                   body, std::move(headers));
    }
    Response commit(const std::string& session) {
        return ask("POST", kTables + "t?uploadid=" + session);
    }
    std::string status(const std::string& session) {
        return read(ask("GET", kTables + "t?uploadid=" + session)).value("Status", "");
    }
    std::string count() { return sql("select count(1) from t"); }
    std::string download() { return read(ask("POST", kTables + "t?downloads"))["DownloadID"]; }

    const std::string kTables = "/projects/demo/tables/";
    FakeClock clock_;
    ServerClock server_clock_{clock_};
    Duration skew_{0};
    Hostility hostility_ = Hostility::calm();
    std::unique_ptr<Service> service_ = make_odps_service(
        {"testid", "testsecret", true}, "demo", server_clock_, [this] { return hostility_; }, 1);
};

TEST_F(OdpsStandinTest, ADateMoreThanFifteenMinutesOffIsRefused) {
    skew_ = std::chrono::minutes(14);
    EXPECT_EQ(ask("GET", "/api/projects/demo").status, 200);
    for (const auto off : {std::chrono::minutes(16), -std::chrono::minutes(16)}) {
        skew_ = off;
        EXPECT_EQ(code(ask("GET", "/api/projects/demo")), "RequestTimeTooSkewed");
    }
}

TEST_F(OdpsStandinTest, WithoutASignatureNothingIsAnswered) {
    EXPECT_EQ(code(service_->handle({"GET", "/api/projects/demo", {}, {}})),
              "MissingAuthorization");
    Request changed = request("POST", kTables + "t?uploads");
    changed.target += "&overwrite=true";
    const Response refused = service_->handle(changed);
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(code(refused), "Unauthorized");
}

TEST_F(OdpsStandinTest, EveryBlockThatIsHeldIsCommitted) {
    const std::string session = upload();
    EXPECT_EQ(put(session, 3, stream({3})).status, 200);
    EXPECT_EQ(put(session, 0, stream({7, 8})).status, 200);
    EXPECT_EQ(put(session, 0, stream({1})).status, 200);
    EXPECT_EQ(put(session, 9, zlib_deflate(stream({9})), {{"Content-Encoding", "deflate"}}).status,
              200);
    EXPECT_EQ(count(), "\"_c0\"\n0\n");
    EXPECT_EQ(read(commit(session))["Status"], "closed");
    EXPECT_EQ(sql("select * from t"), "\"id\",\"name\"\n1,n1\n3,n3\n9,n9\n");
    EXPECT_EQ(code(commit(session)), "StatusConflict");
    EXPECT_EQ(code(put(session, 1, stream({1}))), "StatusConflict");
}

TEST_F(OdpsStandinTest, BlocksThatCannotBeReadAreRefused) {
    const std::string session = upload(), good = stream({1, 2});
    std::string damaged = good;
    damaged[damaged.size() - 12] ^= 1;
    EXPECT_EQ(code(put(session, 0, damaged)), "MalformedDataStream");
    EXPECT_EQ(code(put(session, 0, good.substr(0, good.size() - 1))), "MalformedDataStream");
    EXPECT_EQ(code(put(session, 0, good, {{"Content-Encoding", "deflate"}})),
              "MalformedDataStream");
    EXPECT_EQ(code(put(session, 0, good, {{"Content-Encoding", "x-snappy-framed"}})),
              "InvalidArgument");
    const OdpsType bigint{OdpsKind::kBigint}, string{OdpsKind::kString};
    OdpsRecordWriter nulls({&bigint, &string}), longs({&bigint, &string});
    nulls.add({OdpsValue(), "x"}, {0, 1});
    EXPECT_EQ(code(put(session, 0, nulls.finish())), "MalformedDataStream");
    longs.add({int64_t{1}, std::string(kOdpsFieldMax + 1, 'x')}, {0, 1});
    EXPECT_EQ(code(put(session, 0, longs.finish())), "MalformedDataStream");
    for (const char* id : {"20000", "-1", "x", ""})
        EXPECT_EQ(code(ask("PUT", kTables + "t?uploadid=" + session + "&blockid=" + id, good)),
                  "InvalidBlockID");
    EXPECT_EQ(put(session, 19999, good).status, 200);
    EXPECT_EQ(read(commit(session))["UploadedBlockList"].size(), 1u);
}

TEST_F(OdpsStandinTest, ASessionBelongsToItsTableAndPartition) {
    EXPECT_EQ(code(ask("POST", kTables + "p?uploads")), "MissingPartitionSpec");
    EXPECT_EQ(code(ask("POST", kTables + "p?uploads&partition=pt%3D1")), "InvalidPartitionSpec");
    EXPECT_EQ(code(ask("POST", kTables + "t?uploads&partition=pt%3D1")), "InvalidPartitionSpec");
    EXPECT_EQ(code(ask("POST", kTables + "p?uploads&partition=pt%3D2,region%3Dx")),
              "NoSuchPartition");
    const std::string session = upload("&partition=region%3D'y'/pt%3D2&create_partition=true", "p");
    EXPECT_EQ(code(ask("GET", kTables + "t?uploadid=" + session)), "InvalidResourceSpec");
    EXPECT_EQ(code(ask("GET", kTables + "p?uploadid=" + session)), "InvalidResourceSpec");
    EXPECT_EQ(ask("GET", kTables + "p?partition=pt%3D2,region%3Dy&uploadid=" + session).status,
              200);
    sql("alter table p drop partition (pt='2',region='y')");
    EXPECT_EQ(code(ask("POST", kTables + "p?partition=pt%3D2,region%3Dy&uploadid=" + session)),
              "NoSuchPartition");
}

TEST_F(OdpsStandinTest, ACommitMayTakeItsTime) {
    hostility_.committing_polls = 2;
    const std::string session = upload();
    put(session, 0, stream({1}));
    EXPECT_EQ(read(commit(session))["Status"], "committing");
    EXPECT_EQ(code(commit(session)), "StatusConflict");
    EXPECT_EQ(status(session), "committing");
    EXPECT_EQ(count(), "\"_c0\"\n0\n");
    EXPECT_EQ(status(session), "closed");
    EXPECT_EQ(count(), "\"_c0\"\n1\n");
}

TEST_F(OdpsStandinTest, SessionsGrowOld) {
    const std::string old = upload();
    server_clock_.set_offset_ms(25 * 3600 * 1000);
    skew_ = std::chrono::hours(25);
    EXPECT_EQ(status(old), "expired");
    EXPECT_EQ(code(commit(old)), "StatusConflict");
}

TEST_F(OdpsStandinTest, TheAdminEndsSessions) {
    const std::string session = upload(), reads = download();
    json answer;
    EXPECT_FALSE(service_->administer("POST /elsewhere", {}, answer));
    ASSERT_TRUE(service_->administer("POST /odps/sessions", {{"uploads", "critical"}}, answer));
    EXPECT_EQ(answer["uploads"], 1);
    EXPECT_EQ(status(session), "critical");
    service_->administer("POST /odps/sessions", {{"uploads", "gone"}, {"downloads", "gone"}},
                         answer);
    EXPECT_EQ(code(commit(session)), "NoSuchUpload");
    EXPECT_EQ(code(ask("GET", kTables + "t?downloadid=" + reads)), "NoSuchDownload");
}

TEST_F(OdpsStandinTest, ACommitInDoubtIsApplied) {
    Faults faults(1);
    const auto lie = Fault::parse({{"service", "odps"},
                                   {"action", "CommitUpload"},
                                   {"kind", "lie_reply"},
                                   {"code", 429},
                                   {"error", "FlowExceeded"},
                                   {"retry_after_s", 3},
                                   {"next", 1}});
    ASSERT_TRUE(lie.ok());
    faults.add(*lie);
    const std::string session = upload();
    put(session, 0, stream({1}));
    const Request sent = request("POST", kTables + "t?uploadid=" + session);
    const Response answer = handle_with_faults(*service_, faults, service_->action_of(sent), sent);
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(code(answer), "FlowExceeded");
    bool waits = false;
    for (const auto& [name, value] : answer.headers) waits |= name == "Retry-After" && value == "3";
    EXPECT_TRUE(waits);
    EXPECT_EQ(status(session), "closed");
    EXPECT_EQ(count(), "\"_c0\"\n1\n");
}

TEST_F(OdpsStandinTest, DownloadsAreSnapshotsUntilTheTableIsRewritten) {
    sql("insert into t values (1, 'a'), (2, null)");
    const std::string read_it = kTables + "t?data&downloadid=" + download();
    sql("insert into t values (3, 'c')");
    const Response part = ask("GET", read_it + "&rowrange=(1,1)&columns=name,id");
    const auto rows = read_odps_records(
        {{"name", {OdpsKind::kString}}, {"id", {OdpsKind::kBigint}}}, part.view());
    EXPECT_EQ(rows, std::vector<OdpsRow>({{OdpsValue(), int64_t{2}}}));
    EXPECT_EQ(ask("GET", read_it + "&rowrange=(2,0)").view(), OdpsRecordWriter({}).finish());
    const Response packed =
        ask("GET", read_it + "&rowrange=(0,2)", "", {{"Accept-Encoding", "deflate, zstd"}});
    EXPECT_EQ(*zlib_inflate(packed.view()), ask("GET", read_it + "&rowrange=(0,2)").view());
    for (const char* range : {"(1,2)", "(3,0)", "x", "(0,-1)"})
        EXPECT_EQ(code(ask("GET", read_it + "&rowrange=" + range)), "InvalidRowRange") << range;
    EXPECT_EQ(code(ask("GET", read_it + "&rowrange=(0,1)&columns=nothere")), "InvalidColumnSpec");
    sql("update t set name = 'b' where id = 2");
    EXPECT_EQ(code(ask("GET", read_it + "&rowrange=(0,1)")), "TableModified");
    EXPECT_EQ(ask("GET", read_it + "&rowrange=(0,1)&disable_modified_check=true").status, 200);
}

TEST_F(OdpsStandinTest, AnAsynchronousDownloadBeginsLater) {
    hostility_.initiating_polls = 1;
    const json first = read(ask("POST", kTables + "t?downloads&asyncmode=true"));
    EXPECT_EQ(first["Status"], "initiating");
    const std::string id = first["DownloadID"];
    EXPECT_EQ(read(ask("GET", kTables + "t?downloadid=" + id))["Status"], "normal");
}

TEST_F(OdpsStandinTest, ListsOfAnyPagesAreComplete) {
    hostility_.short_lists = true;
    std::string statement;
    for (int i = 0; i < 40; ++i)
        statement += "alter table p add partition (pt='" + std::to_string(i) + "',region='y');";
    sql(statement);
    const std::string address = "/api/projects/demo/tables/p?partitions&maxitems=7&marker=";
    std::set<std::string> seen;
    size_t pages = 0;
    for (std::string marker;; ++pages) {
        const std::string xml(ask("GET", address + marker).view());
        const auto found = xml_contents(xml, "Partition").value();
        EXPECT_LE(found.size(), 7u);
        for (const std::string_view one : found)
            EXPECT_TRUE(seen.emplace(one.substr(0, one.find("<CreationTime>"))).second);
        marker = xml_value(xml, "Marker");
        if (marker.empty()) break;
    }
    EXPECT_EQ(seen.size(), 41u);
    EXPECT_GT(pages, 6u);
}

TEST_F(OdpsStandinTest, QueriesMayRunForAWhile) {
    hostility_.running_polls = 2;
    const Response made = ask("POST", "/api/projects/demo/instances",
                              "<Job><Tasks><SQL><Name>T</Name><Query><![CDATA[drop table t;]]>"
                              "</Query></SQL></Tasks></Job>");
    std::string at = made.headers[0].second;
    at = at.substr(at.find("/api/"));
    const auto state = [&](const std::string& what) {
        return xml_value(ask("GET", at + what).view(), "Status");
    };
    EXPECT_EQ(code(ask("GET", at + "?result")), "InvalidStatusSetting");
    EXPECT_EQ(state(""), "Running");
    EXPECT_EQ(state("?taskstatus"), "Running");
    EXPECT_EQ(state(""), "Terminated");
    EXPECT_EQ(ask("GET", at + "?source").view().substr(0, 5), "<Job>");
    EXPECT_EQ(code(ask("GET", "/api/projects/demo/tables/t")), "NoSuchObject");
}

TEST_F(OdpsStandinTest, ActionsHaveNames) {
    const std::pair<std::pair<const char*, const char*>, const char*> cases[] = {
        {{"GET", "/api/projects/p"}, "GetProject"},
        {{"GET", "/api/projects/p/tunnel?service"}, "GetTunnel"},
        {{"GET", "/api/projects/p/tables"}, "ListTables"},
        {{"GET", "/api/projects/p/schemas/default/tables/t?extended"}, "GetTable"},
        {{"GET", "/api/projects/p/tables/t?partitions&partition=a"}, "ListPartitions"},
        {{"GET", "/api/projects/p/tables/t?partition=a"}, "GetPartition"},
        {{"POST", "/api/projects/p/instances"}, "CreateInstance"},
        {{"GET", "/api/projects/p/instances/i"}, "GetInstance"},
        {{"GET", "/api/projects/p/instances/i?taskstatus"}, "GetInstanceTasks"},
        {{"GET", "/api/projects/p/instances/i?result"}, "GetInstanceResult"},
        {{"GET", "/api/projects/p/instances/i?source"}, "GetInstanceSource"},
        {{"PUT", "/api/projects/p/instances/i"}, "StopInstance"},
        {{"PUT", "/api/projects/p/logs"}, "PutLogs"},
        {{"GET", "/api/tenants"}, "Unknown"},
        {{"POST", "/projects/p/tables/t?uploads"}, "CreateUpload"},
        {{"PUT", "/projects/p/tables/t?uploadid=u&blockid=0"}, "PutBlock"},
        {{"GET", "/projects/p/tables/t?uploadid=u"}, "GetUpload"},
        {{"POST", "/projects/p/tables/t?uploadid=u"}, "CommitUpload"},
        {{"POST", "/projects/p/schemas/s/tables/t?downloads="}, "CreateDownload"},
        {{"GET", "/projects/p/tables/t?downloadid=d"}, "GetDownload"},
        {{"GET", "/projects/p/tables/t?data&downloadid=d"}, "ReadDownload"},
        {{"POST", "/projects/p/tables/t/streams"}, "Unknown"}};
    for (const auto& [request, name] : cases)
        EXPECT_EQ(service_->action_of({request.first, request.second, {}, {}}), name);
}

TEST_F(OdpsStandinTest, CountsWhatItHolds) {
    upload();
    sql("insert into t values (1, 'a'), (2, 'b')");
    json counters;
    service_->add_counters(counters);
    EXPECT_EQ(counters["odps_tables"], 2);
    EXPECT_EQ(counters["odps_rows"], 2);
    EXPECT_EQ(counters["odps_open_uploads"], 1);
}

}  // namespace
}  // namespace millrace::standin
