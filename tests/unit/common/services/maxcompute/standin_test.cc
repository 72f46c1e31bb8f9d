// The client and the stand-in, written apart from the same facts, meet.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/record_reader.h"
#include "common/services/maxcompute/record_writer.h"
#include "tests/standin/faults.h"
#include "tests/standin/odps_service.h"
#include "tests/unit/standin_http.h"

namespace millrace::maxcompute {
namespace {

// Lets the faults of the stand-in act on a service in this process.
class Faulty final : public standin::Service {
  public:
    explicit Faulty(standin::Service& of) : of_(of) {}
    std::string name() const override { return of_.name(); }
    std::string action_of(const standin::Request& r) const override { return of_.action_of(r); }
    standin::Response handle(const standin::Request& request) override {
        return standin::handle_with_faults(of_, faults_, of_.action_of(request), request);
    }
    standin::Response failure(const standin::Request& request, int status, const std::string& code,
                              const std::string& message) override {
        return of_.failure(request, status, code, message);
    }
    void add_counters(nlohmann::json&) const override {}
    void reset_counters() override {}

    void add(const nlohmann::json& rule) { faults_.add(*standin::Fault::parse(rule)); }

  private:
    standin::Service& of_;
    standin::Faults faults_{1};
};

class MaxcomputeMeetsStandin : public ::testing::TestWithParam<const char*> {
  protected:
    Config config() const {
        OdpsAddress settings;
        settings.endpoint = "http://127.0.0.1:9000/api";
        settings.project = "demo";
        settings.access_id = "testid";
        settings.access_key = Secret("testsecret");
        settings.region = GetParam();
        const Result<Config> made = make_config(settings);
        EXPECT_TRUE(made.ok()) << made.status().text();
        return *made;
    }
    std::string sql(const std::string& text) {
        const auto result = client_.run_sql(text);
        EXPECT_TRUE(result.ok()) << result.status().text();
        return result.ok() ? *result : "";
    }
    // Rows (id, "n<id>").
    static Buffer block(const std::vector<int64_t>& ids) {
        Buffer bytes;
        RecordWriter writer(bytes);
        for (const int64_t id : ids) {
            writer.begin_record();
            writer.put_integer(1, id);
            writer.put_bytes(2, "n" + std::to_string(id));
            writer.end_record();
        }
        writer.end_stream();
        return bytes;
    }
    std::string session(const UploadOptions& options = {}) {
        const auto made = client_.create_upload(place_, options);
        EXPECT_TRUE(made.ok()) << made.status().text();
        return made.ok() ? made->id : "";
    }
    void put(const std::string& id, uint32_t number, const std::vector<int64_t>& ids) {
        const Buffer bytes = block(ids);
        const Status status = client_.put_block(place_, id, number, bytes.view());
        EXPECT_TRUE(status.ok()) << status.text();
    }

    FakeClock clock_;
    FakeRandom random_;
    standin::Hostility hostility_;
    standin::ServerClock server_clock_{clock_};
    std::unique_ptr<standin::Service> service_ = standin::make_odps_service(
        {"testid", "testsecret", true}, "demo", server_clock_, [this] { return hostility_; }, 1);
    Faulty faulty_{*service_};
    AnswerHook hook_;
    FakeHttp http_{standin_handler(faulty_, hook_)};
    CallContext context_{http_, clock_, random_, {}, {}};
    Client client_{context_, config()};
    const Place place_{"orders", {{"pt", "2026 11"}, {"region", "x"}}};
};

TEST_P(MaxcomputeMeetsStandin, FromTheTableToTheRows) {
    hostility_.committing_polls = 2;
    hostility_.running_polls = 2;
    sql("create table orders (id bigint not null, name string, price decimal(10,2)) "
        "partitioned by (pt string, region string)");
    const auto table = client_.get_table("orders");
    ASSERT_TRUE(table.ok()) << table.status().text();
    ASSERT_EQ(table->columns.size(), 3u);
    EXPECT_FALSE(table->columns[0].nullable);
    EXPECT_EQ(table->columns[2].type_text, "decimal(10,2)");
    EXPECT_EQ(table->partition_keys.size(), 2u);

    EXPECT_FALSE(*client_.partition_exists(place_));
    ASSERT_TRUE(client_.create_partition(place_).ok());
    ASSERT_TRUE(client_.create_partition(place_).ok());
    EXPECT_TRUE(*client_.partition_exists(place_));
    for (int i = 0; i < 20; ++i)
        sql("alter table orders add partition (pt='" + std::to_string(i) + "',region='y')");
    EXPECT_EQ(client_.list_partitions("orders")->size(), 21u);

    const std::string id = session();
    put(id, 4, {9});
    put(id, 0, {1, 2});
    put(id, 4, {3});
    EXPECT_EQ(client_.upload(place_, id)->blocks, (std::vector<uint32_t>{0, 4}));
    const auto closed = client_.commit_upload(place_, id);
    ASSERT_TRUE(closed.ok()) << closed.status().text();
    EXPECT_EQ(closed->state, SessionState::kClosed);

    const auto reads = client_.create_download(place_);
    ASSERT_TRUE(reads.ok()) << reads.status().text();
    EXPECT_EQ(reads->rows, 3u);
    const std::vector<Column> columns = {reads->columns[1], reads->columns[0]};
    const auto rows = client_.read_rows(place_, *reads, {1, 2}, columns);
    ASSERT_TRUE(rows.ok()) << rows.status().text();
    RecordReader reader(columns, rows->view());
    std::vector<Field> fields;
    for (const int64_t wanted : {2, 3}) {
        ASSERT_TRUE(*reader.next(fields));
        EXPECT_EQ(fields[0].bytes, "n" + std::to_string(wanted));
        EXPECT_EQ(fields[1].integer, wanted);
    }
    EXPECT_FALSE(*reader.next(fields));

    const std::string again = session({.overwrite = true});
    ASSERT_TRUE(client_.commit_upload(place_, again).ok());
    EXPECT_EQ(sql("select count(1) from orders"), "\"_c0\"\n0\n");
}

TEST_P(MaxcomputeMeetsStandin, ACommitInDoubtHappensOnce) {
    sql("create table orders (id bigint, name string) partitioned by (pt string, region string)");
    ASSERT_TRUE(client_.create_partition(place_).ok());
    size_t rows = 0;
    for (const nlohmann::json& fault :
         {nlohmann::json{{"kind", "lie_reply"}, {"code", 500}, {"error", "InternalServerError"}},
          nlohmann::json{{"kind", "status"}, {"code", 503}, {"error", "ServiceUnavailable"}},
          nlohmann::json{{"kind", "status"},
                         {"code", 429},
                         {"error", "FlowExceeded"},
                         {"retry_after_s", 2}}}) {
        const std::string id = session();
        put(id, 0, {1});
        nlohmann::json rule = fault;
        rule.update({{"action", "CommitUpload"}, {"next", 1}});
        faulty_.add(rule);
        const auto closed = client_.commit_upload(place_, id);
        ASSERT_TRUE(closed.ok()) << closed.status().text();
        EXPECT_EQ(sql("select count(1) from orders"), "\"_c0\"\n" + std::to_string(++rows) + "\n");
    }
}

TEST_P(MaxcomputeMeetsStandin, DamageOnTheWayIsMended) {
    sql("create table orders (id bigint, name string) partitioned by (pt string, region string)");
    ASSERT_TRUE(client_.create_partition(place_).ok());
    const std::string id = session();
    faulty_.add({{"action", "PutBlock"}, {"kind", "status"}, {"code", 500}, {"next", 2}});
    put(id, 0, {1, 2, 3});
    ASSERT_TRUE(client_.commit_upload(place_, id).ok());
    const auto reads = client_.create_download(place_);
    faulty_.add({{"action", "ReadDownload"}, {"kind", "flip"}, {"next", 1}});
    const auto rows = client_.read_rows(place_, *reads, {0, 3}, reads->columns);
    EXPECT_TRUE(rows.ok()) << rows.status().text();
}

TEST_P(MaxcomputeMeetsStandin, WhatBecameOfASession) {
    sql("create table orders (id bigint, name string) partitioned by (pt string, region string)");
    ASSERT_TRUE(client_.create_partition(place_).ok());
    for (const auto& [how, code] :
         {std::pair("expired", "SessionExpired"), std::pair("canceled", "SessionCanceled"),
          std::pair("critical", "SessionBroken"), std::pair("gone", "NoSuchUpload")}) {
        const std::string id = session();
        nlohmann::json answer;
        service_->administer("POST /odps/sessions", {{"uploads", how}}, answer);
        EXPECT_EQ(client_.commit_upload(place_, id).status().service_code(), code);
    }
    const auto missing = client_.get_table("nothere").status();
    EXPECT_EQ(missing.code(), Code::kConfig) << missing.text();
    EXPECT_FALSE(client_.run_sql("frobnicate").ok());
}

TEST_P(MaxcomputeMeetsStandin, AWrongClockIsCorrected) {
    server_clock_.set_offset_ms(3600 * 1000);
    // A query is not sent twice without being asked to, so it needs the right clock.
    EXPECT_EQ(client_.get_table("orders").status().service_code(), "NoSuchTable");
    sql("create table orders (id bigint)");
    EXPECT_TRUE(client_.get_table("orders").ok());
}

INSTANTIATE_TEST_SUITE_P(Signatures, MaxcomputeMeetsStandin, ::testing::Values("", "cn-hangzhou"));

}  // namespace
}  // namespace millrace::maxcompute
