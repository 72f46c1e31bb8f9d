// Scripts of the other transfers as they are.
#include "common/config/odps_writer.h"
#include "common/config/opensearch_writer.h"
#include "common/config/oss_reader.h"
#include "common/config/oss_writer.h"
#include "common/config/ots_reader.h"
#include "common/config/ots_writer.h"
#include "tests/unit/common/config/transfer_text.h"

namespace millrace {
namespace {

std::vector<std::string> codes_of(const ParsedJob& parsed) {
    std::vector<std::string> codes;
    for (const Finding& finding : parsed.findings) codes.push_back(finding.code);
    return codes;
}

using Codes = std::vector<std::string>;

TEST(TransferParseTest, CellsToMaxCompute) {
    const ParsedJob parsed = parse_job(transfer_request(cells_to_odps()));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes_of(parsed), (Codes{"truncate-once", "bizdate"}));
    EXPECT_TRUE(parsed.job->window);
    const auto writer = read_odps_writer(parsed.job->writer);
    ASSERT_TRUE(writer.ok()) << writer.status().text();
    EXPECT_EQ(writer->address.endpoint, "http://127.0.0.1:8083/api");
    EXPECT_EQ(writer->address.access_key.reveal(), "canary-odps-key");
    EXPECT_EQ(to_text(writer->partition), "pt=20171106");
    EXPECT_EQ(writer->time_zone, "Asia/Shanghai");
    EXPECT_TRUE(writer->truncate);
    EXPECT_NE(parsed.job->identity.find("partition=pt=${bdp.system.bizdate}"), std::string::npos)
        << parsed.job->identity;
}

TEST(TransferParseTest, WholeTableToMaxCompute) {
    const ParsedJob parsed = parse_job(transfer_request(table_to_odps()));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes_of(parsed), Codes{});
    EXPECT_FALSE(parsed.job->window);
    const auto reader = read_ots_reader(parsed.job->reader);
    ASSERT_TRUE(reader.ok()) << reader.status().text();
    EXPECT_EQ(reader->columns.size(), 3u);
    EXPECT_EQ(reader->begin.size(), 2u);
    EXPECT_EQ(reader->end.at(1).kind, KeyBound::Kind::kMax);
    EXPECT_EQ(reader->split.at(1).text, "q");
    EXPECT_EQ(to_text(read_odps_writer(parsed.job->writer)->partition), "pt=20171107,hh=09");
}

TEST(TransferParseTest, StreamToOpenSearch) {
    const ParsedJob parsed = parse_job(transfer_request(stream_to_app()));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes_of(parsed),
              (Codes{"blank-in-key", "blank-in-key", "stray-quote", "text-after-comma"}));
    const auto writer = read_opensearch_writer(parsed.job->writer);
    ASSERT_TRUE(writer.ok()) << writer.status().text();
    EXPECT_EQ(writer->host, "http://127.0.0.1:8085");
    EXPECT_EQ(writer->batch_documents, 500u);
    EXPECT_TRUE(writer->skip_dirty);
    EXPECT_FALSE(parsed.job->writer.parameters.contains("endpoint"));
}

TEST(TransferParseTest, OpenSearchTakesTheReadersNamesAndADataSource) {
    std::string text = replaced(stream_to_app(), "[ \"uid\", \"title\" ]", "[\"*\"]");
    text = replaced(text, "\"endpoint\": \"http://127.0.0.1:8085\",", "\"datasource\": \"app\",");
    text = replaced(text, "\"accessId\": \"app-id\",", "");
    text = replaced(text, "\"accessKey\": \"canary-app-key\",", "");
    text = replaced(text, "\"host\": \"http://127.0.0.1:8085\",", "");
    const ParsedJob parsed = parse_job(transfer_request(text));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    const auto writer = read_opensearch_writer(parsed.job->writer);
    ASSERT_TRUE(writer.ok()) << writer.status().text();
    EXPECT_EQ(writer->columns, (std::vector<std::string>{"uid", "name"}));
    EXPECT_EQ(writer->host, "http://127.0.0.1:8085");
    EXPECT_EQ(writer->access_id, "app-id");
}

TEST(TransferParseTest, ObjectsToTable) {
    const ParsedJob parsed = parse_job(transfer_request(objects_to_table()));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes_of(parsed), Codes{"trailing-dot"});
    EXPECT_FALSE(parsed.job->window);
    const auto reader = read_oss_reader(parsed.job->reader);
    ASSERT_TRUE(reader.ok()) << reader.status().text();
    EXPECT_EQ(reader->objects, (std::vector<std::string>{"school/20171107/*", "old"}));
    EXPECT_EQ(reader->address.bucket, "backup");
    EXPECT_NE(parsed.job->identity.find("{date}"), std::string::npos) << parsed.job->identity;
    const auto writer = read_ots_writer(parsed.job->writer);
    ASSERT_TRUE(writer.ok()) << writer.status().text();
    EXPECT_EQ(writer->mode, TableWriteMode::kPut);
    EXPECT_EQ(writer->address.instance, "school");
    EXPECT_EQ(writer->batch_rows, 200u);
}

TEST(TransferParseTest, TheDateOfTheCommandLineWinsInPatterns) {
    JobRequest request = transfer_request(objects_to_table());
    request.variables = {{"date", "20170101"}};
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(read_oss_reader(parsed.job->reader)->objects[0], "school/20170101/*");
}

TEST(TransferParseTest, MaxComputeToCells) {
    const ParsedJob parsed = parse_job(transfer_request(odps_to_cells()));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes_of(parsed), Codes{});
    EXPECT_TRUE(read_ots_writer(parsed.job->writer)->multi_version);
    EXPECT_EQ(parsed.job->reader.parameters["partition"], nlohmann::json({"pt=2017*"}));
}

TEST(TransferParseTest, VersionsOfCells) {
    const ParsedJob parsed = parse_job(transfer_request(versions_to_table()));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes_of(parsed), Codes{"ignored-parameter"});  // newVersion
    const auto reader = read_ots_reader(parsed.job->reader);
    ASSERT_TRUE(reader.ok()) << reader.status().text();
    EXPECT_EQ(reader->mode, TableReadMode::kMultiVersion);
    EXPECT_EQ(reader->time_end_ms, 1510036262000);
    EXPECT_EQ(reader->max_versions, 3);
    EXPECT_TRUE(read_ots_writer(parsed.job->writer)->multi_version);
}

TEST(TransferParseTest, ObjectsOfParquet) {
    const ParsedJob parsed = parse_job(transfer_request(stream_to_parquet()));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes_of(parsed), Codes{});
    const auto writer = read_oss_writer(parsed.job->writer);
    ASSERT_TRUE(writer.ok()) << writer.status().text();
    EXPECT_EQ(writer->file_format, ObjectFormat::kParquet);
    EXPECT_EQ(writer->parquet.columns.at(1).type, "varchar(20)");
    EXPECT_EQ(writer->parquet.row_group_rows, 65536u);
}

TEST(TransferParseTest, BackwardRangesAreSaid) {
    std::string text = replaced(table_to_odps(), "\"value\": \"b\"", "\"value\": \"z\"");
    text = replaced(text, "\"value\": \"y\"", "\"value\": \"c\"");
    text = replaced(text, "\"value\": \"h\"", "\"value\": \"s\"");
    const ParsedJob parsed = parse_job(transfer_request(text));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes_of(parsed), Codes{"range-backward"});
}

TEST(TransferParseTest, WholeTablesWriteEmptyObjectsUnlessToldNotTo) {
    std::string text = table_to_odps();
    const size_t at = text.find("\"plugin\": \"odps\"");
    text = text.substr(0, at) + R"("plugin": "oss", "parameter": {"datasource": "backup",
        "object": "school/${date}", "writeMode": "truncate", "fileFormat": "csv"}}}})";
    ParsedJob parsed = parse_job(transfer_request(text));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(parsed.job->writer.parameters["generateEmptyFile"], true);
    EXPECT_EQ(parsed.job->writer.parameters["object"], "school/20171107");
    parsed = parse_job(transfer_request(
        replaced(text, "\"fileFormat\": \"csv\"", "\"generateEmptyFile\": false")));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(parsed.job->writer.parameters["generateEmptyFile"], false);
}

class StoredTransferTest : public testing::TestWithParam<std::string (*)()> {};

TEST_P(StoredTransferTest, ReadsBackAsTheSameJobWithoutSecrets) {
    const ParsedJob first = parse_job(transfer_request(GetParam()()));
    ASSERT_TRUE(first.job) << text_of(first.findings);
    EXPECT_EQ(first.job->text_without_secrets.find("canary"), std::string::npos);
    JobRequest again = request_of(first.job->text_without_secrets);
    const ParsedJob second = parse_job(again);
    for (const Finding& finding : second.findings) {
        // What the script held itself, or a data source gave, is not stored.
        const bool secret = finding.code == "missing-parameter";
        EXPECT_TRUE(secret || finding.severity == Severity::kNote) << to_text(finding);
    }
}
INSTANTIATE_TEST_SUITE_P(All, StoredTransferTest,
                         testing::Values(cells_to_odps, table_to_odps, stream_to_app,
                                         objects_to_table, odps_to_cells, versions_to_table,
                                         odps_to_search, stream_to_parquet));

TEST(TransferIdentityTest, DayAndZoneDoNotMakeAnotherTask) {
    JobRequest request = transfer_request(cells_to_odps());
    const ParsedJob today = parse_job(request);
    request.schedule += std::chrono::hours(24);
    const ParsedJob tomorrow = parse_job(request);
    ASSERT_TRUE(today.job && tomorrow.job);
    EXPECT_EQ(today.job->task, tomorrow.job->task);
    EXPECT_NE(today.job->writer.parameters["partition"],
              tomorrow.job->writer.parameters["partition"]);
    request.text = replaced(request.text, "\"table\": \"person\"", "\"table\": \"other\"");
    const ParsedJob other = parse_job(request);
    ASSERT_TRUE(other.job);
    EXPECT_NE(today.job->task, other.job->task);
}

TEST(TransferNextTest, WholeTablesHaveNoWindows) {
    JobRequest request = transfer_request(table_to_odps());
    request.next = true;
    EXPECT_EQ(codes_of(parse_job(request)), Codes{"next-without-stream"});
}

}  // namespace
}  // namespace millrace
