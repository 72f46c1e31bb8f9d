#include "coordinator/commit/ots.h"

#include <nlohmann/json.hpp>

#include "tests/unit/worker/targets/ots/writer_fixture.h"

namespace millrace {
namespace {

namespace wire = tablestore::wire;
using nlohmann::json;

class OtsCommitTest : public ots::OtsWriterTest {
  protected:
    JobSpec job(const std::function<void(json&)>& adjust = {}) {
        JobSpec made;
        made.reader.plugin = "otsstream";
        made.writer.plugin = "ots";
        made.writer.parameters = {
            {"endpoint", "http://127.0.0.1:9000"},
            {"instanceName", "school"},
            {"accessId", "testid"},
            {"table", "copy"},
            {"primaryKey", {{{"name", "uid"}, {"type", "string"}}}},
            {"column",
             {{{"name", "name"}, {"type", "string"}}, {{"name", "age"}, {"type", "int"}}}},
            {"writeMode", "PutRow"}};
        if (adjust) adjust(made.writer.parameters);
        made.writer.secrets = {{"accessKey", Secret("testsecret")}};
        return made;
    }
    Status prepare(const JobSpec& job, const RecordShape& source = shape()) {
        auto commit = make_ots(job, source, context_);
        if (!commit.ok()) return commit.status();
        commit_ = std::move(*commit);
        return commit_->prepare(InstanceView());
    }
    std::string refusal(const JobSpec& job, const RecordShape& source = shape()) {
        const Status status = prepare(job, source);
        EXPECT_EQ(status.code(), Code::kConfig) << status.text();
        return status.ok() ? "" : status.text();
    }
    std::unique_ptr<TargetCommit> commit_;
};

TEST_F(OtsCommitTest, ATableWithTheJobsKeyIsTaken) {
    const Status status = prepare(job());
    ASSERT_TRUE(status.ok()) << status.text();
    const auto intent = commit_->make_intent(InstanceView(), {});
    ASSERT_TRUE(intent.ok()) << intent.status().text();
    ASSERT_TRUE(commit_->load(*intent).ok());
    EXPECT_EQ(commit_->pieces(), 0u);
    json receipt;
    commit_->describe(receipt);
    EXPECT_EQ(receipt["target"]["kind"], "ots");
    EXPECT_EQ(receipt["target"]["table"], "copy");
    EXPECT_TRUE(commit_->publish(receipt).ok());
    // Names without types take the table's.
    EXPECT_TRUE(prepare(job([](json& p) { p["primaryKey"] = {"uid"}; })).ok());
}

TEST_F(OtsCommitTest, AMissingTableIsNamed) {
    const std::string text = refusal(job([](json& p) { p["table"] = "nowhere"; }));
    EXPECT_NE(text.find("table nowhere does not exist"), std::string::npos) << text;
}

TEST_F(OtsCommitTest, AnotherKeyIsRefusedWithBothLists) {
    for (const json& key :
         {json{{{"name", "id"}, {"type", "string"}}}, json{{{"name", "uid"}, {"type", "int"}}},
          json{{{"name", "uid"}, {"type", "string"}}, {{"name", "b"}, {"type", "int"}}}}) {
        const std::string text = refusal(job([&](json& p) { p["primaryKey"] = key; }));
        EXPECT_NE(text.find("The table's key: uid string; primaryKey: "), std::string::npos)
            << text;
    }
}

TEST_F(OtsCommitTest, KeysThatTheServiceNumbersAreRefused) {
    wire::CreateTableRequest request;
    request.mutable_table_meta()->set_table_name("numbered");
    for (const char* name : {"uid", "number"}) {
        auto& key = *request.mutable_table_meta()->add_primary_key();
        key.set_name(name);
        key.set_type(name == std::string("uid") ? wire::STRING : wire::INTEGER);
        if (name != std::string("uid")) key.set_option(wire::AUTO_INCREMENT);
    }
    auto& unit = *request.mutable_reserved_throughput()->mutable_capacity_unit();
    unit.set_read(0);
    unit.set_write(0);
    request.mutable_table_options()->set_time_to_live(-1);
    request.mutable_table_options()->set_max_versions(1);
    ASSERT_TRUE(client_.create_table(request).ok());
    const std::string text = refusal(job([](json& p) { p["table"] = "numbered"; }));
    EXPECT_NE(text.find("numbers key column number by itself"), std::string::npos) << text;
}

TEST_F(OtsCommitTest, AStreamWhoseKeyIsNotTheTablesIsRefused) {
    RecordShape other = shape();
    other.key = {{"uid", ValueType::kString}, {"second", ValueType::kInteger}};
    const std::string text = refusal(job(), other);
    EXPECT_NE(text.find("The source's key: uid string, second int"), std::string::npos) << text;
    other.key = {{"uid", ValueType::kInteger}};
    EXPECT_TRUE(prepare(job(), other).ok());  // numbers stay different as texts
    other.key = {{"uid", ValueType::kBinary}};
    EXPECT_TRUE(prepare(job(), other).ok());
    other.key = {{"name", ValueType::kString}};
    refusal(job(), other);
}

TEST_F(OtsCommitTest, OtherNumbersOfColumnsAreRefusedWithBothLists) {
    RecordShape fewer = shape();
    fewer.columns.pop_back();
    const std::string text = refusal(job(), fewer);
    EXPECT_NE(text.find("2 columns (uid string, name string)"), std::string::npos) << text;
    EXPECT_NE(text.find("uid string; name string, age int"), std::string::npos) << text;
}

TEST_F(OtsCommitTest, DeleteRowAndVersionsAreNotForStreams) {
    refusal(job([](json& p) { p["writeMode"] = "DeleteRow"; }));
    RecordShape cells;
    cells.key = shape().key;
    cells.columns = {{"uid", ValueType::kString},
                     {"name", ValueType::kString},
                     {"version", ValueType::kInteger},
                     {"value", ValueType::kAbsent}};
    const auto versions = [](json& p) {
        p["mode"] = "multiVersion";
        p["column"] = json::array();
    };
    refusal(job(versions), cells);
    JobSpec transfer = job(versions);
    transfer.reader.plugin = "ots";
    EXPECT_TRUE(prepare(transfer, cells).ok());
}

TEST_F(OtsCommitTest, ATableMadeAnewDuringTheRunIsNoticed) {
    ASSERT_TRUE(prepare(job()).ok());
    ASSERT_TRUE(client_.delete_table("copy").ok());
    clock_.advance(std::chrono::seconds(10));
    create_table("copy", {{"uid", wire::STRING}});
    const auto intent = commit_->make_intent(InstanceView(), {});
    ASSERT_FALSE(intent.ok());
    EXPECT_EQ(intent.status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace millrace
