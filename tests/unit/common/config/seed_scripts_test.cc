// The scripts of the documents, read when their folder lies beside the sources (or is named by
// MILLRACE_SEED_SCRIPTS_DIR).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "common/config/odps_writer.h"
#include "common/config/opensearch_writer.h"
#include "common/config/ots_reader.h"
#include "tests/unit/common/config/job_text.h"

namespace millrace {
namespace {

std::optional<std::string> seed(const std::string& name) {
    const char* given = std::getenv("MILLRACE_SEED_SCRIPTS_DIR");
    const std::string folder =
        given ? given : std::string(MILLRACE_SOURCE_DIR) + "/../shared/seed-scripts";
    std::ifstream file(folder + "/" + name);
    if (!file) return {};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

#define SEED_OR_SKIP(variable, name)                                                              \
    const std::optional<std::string> variable##_file = seed(name);                                \
    if (!variable##_file) GTEST_SKIP() << "../shared/seed-scripts/" << (name) << " is not there"; \
    std::string variable = *variable##_file

std::vector<std::string> codes(const std::vector<Finding>& findings, Severity severity) {
    std::vector<std::string> result;
    for (const Finding& finding : findings) {
        if (finding.severity == severity) result.push_back(finding.code);
    }
    return result;
}

using Codes = std::vector<std::string>;

TEST(SeedScriptsTest, StreamToOpensearchIsReadWithItsRepairs) {
    SEED_OR_SKIP(text, "s0-otsstream-to-opensearch.txt");
    JobRequest request =
        request_of(replaced(text, "\"datasource\": \"\"", "\"datasource\": \"school\""));
    request.text = replaced(request.text, "\"dataTable\": \"\"", "\"dataTable\": \"user_info\"");
    for (const char* name : {"endpoint", "host"}) {
        request.text = replaced(request.text, "\"" + std::string(name) + "\": \"\"",
                                "\"" + std::string(name) + "\": \"https://search.example\"");
    }
    for (const char* name : {"accessId", "accessKey", "indexName", "table"}) {
        request.text = replaced(request.text, "\"" + std::string(name) + "\": \"\"",
                                "\"" + std::string(name) + "\": \"some\"");
    }
    request.variables = {{"start_time", "$[yyyymmddhh24miss-10/24/60]"},
                         {"end_time", "$[yyyymmddhh24miss-5/24/60]"}};
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes(parsed.findings, Severity::kWarning), Codes{});
    EXPECT_EQ(codes(parsed.findings, Severity::kNote),
              (Codes{"text-as-value", "text-as-value", "text-as-value", "blank-in-key",
                     "blank-in-key", "stray-quote", "text-after-comma", "text-as-value",
                     "text-as-value", "text-as-value"}));
    const auto writer = read_opensearch_writer(parsed.job->writer);
    ASSERT_TRUE(writer.ok()) << writer.status().text();
    EXPECT_EQ(writer->columns, (std::vector<std::string>{"col1", "col2"}));
    EXPECT_EQ(writer->batch_documents, 500u);
    EXPECT_EQ(writer->write_mode, DocumentWriteMode::kUpdate);
    EXPECT_TRUE(writer->skip_dirty);
}

TEST(SeedScriptsTest, StreamToOssAsPrintedHasItsClashAndBlanks) {
    SEED_OR_SKIP(text, "s1-otsstream-to-oss.txt");
    const ParsedJob parsed = parse_job(request_of(text));
    EXPECT_EQ(places_of(parsed.findings, "window-forms"), Codes{"22:18"})
        << text_of(parsed.findings);
    EXPECT_EQ(places_of(parsed.findings, "blank-datasource"), (Codes{"17:24", "39:24"}));
    EXPECT_EQ(places_of(parsed.findings, "blank-parameter"),
              (Codes{"18:23", "20:34", "21:32", "40:20"}));
}

TEST(SeedScriptsTest, StreamToOssPassesWhenFilledIn) {
    SEED_OR_SKIP(text, "s1-otsstream-to-oss.txt");
    text = replaced(text, "\"datasource\": \"\"", "\"datasource\": \"school\"");
    text = replaced(text, "\"datasource\": \"\"", "\"datasource\": \"backup\"");
    text = replaced(text, "\"dataTable\": \"\"", "\"dataTable\": \"user_info\"");
    text = replaced(text, "\"startTimestampMillis\": \"\"",
                    "\"startTimestampMillis\": \"${start_time}\"");
    text =
        replaced(text, "\"endTimestampMillis\": \"\"", "\"endTimestampMillis\": \"${end_time}\"");
    text = replaced(text, "\"date\": \"yyyyMMdd\",", "");
    text = replaced(text, "\"object\": \"\"", "\"object\": \"instance/table/{date}\"");
    JobRequest request = request_of(text);
    request.variables = {{"start_time", "1510036262000"}, {"end_time", "1510036881000"}};
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes(parsed.findings, Severity::kNote),
              (Codes{"text-as-value", "text-as-value", "text-as-value"}));
    EXPECT_EQ(parsed.findings.size(), 3u);
    EXPECT_EQ(parsed.job->writer.parameters["object"], "instance/table/20171107");
    EXPECT_EQ(parsed.job->source_bytes_per_second, 1048576);
}

TEST(SeedScriptsTest, DataxStreamToElasticsearchPassesAsPrinted) {
    SEED_OR_SKIP(text, "s2-datax-otsstream-to-elasticsearch.txt");
    const ParsedJob parsed = parse_job(request_of(text));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes(parsed.findings, Severity::kNote),
              (Codes{"trailing-dot", "ignored-parameter", "ignored-parameter"}));
    EXPECT_EQ(parsed.findings.size(), 3u);
    EXPECT_EQ(parsed.job->reader.parameters["instanceName"], "your-instance");
    EXPECT_EQ(parsed.job->writer.parameters["batchSize"], 100);
    EXPECT_EQ(parsed.job->writer.parameters["column"].size(), 3u);
    EXPECT_EQ(to_millis(parsed.job->window->end), 1510036881000);
}

TEST(SeedScriptsTest, StreamToMaxComputePassesWithItsDataSources) {
    SEED_OR_SKIP(text, "s3-otsstream-to-odps.txt");
    text = replaced(text, "\"otsstream\",//", "\"school\",//");
    JobRequest request = request_of(replaced(text, "\"odps_first\"", "\"warehouse\""));
    request.variables = {{"startTime", "20171107143000"}, {"endTime", "20171107144000"}};
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes(parsed.findings, Severity::kWarning), Codes{});
    EXPECT_EQ(codes(parsed.findings, Severity::kNote),
              (Codes{"truncate-once", "bizdate", "no-error-limit"}));
    const auto writer = read_odps_writer(parsed.job->writer);
    ASSERT_TRUE(writer.ok()) << writer.status().text();
    EXPECT_EQ(to_text(writer->partition), "pt=20171106");
    EXPECT_EQ(writer->columns.size(), 6u);
    EXPECT_TRUE(writer->truncate);
}

TEST(SeedScriptsTest, WholeTableToMaxComputePassesWhenFilledIn) {
    SEED_OR_SKIP(text, "s4-ots-to-odps.json");
    EXPECT_EQ(places_of(parse_job(request_of(text)).findings, "blank-datasource").size(), 2u);
    text = replaced(text, "\"datasource\": \"\"", "\"datasource\": \"school\"");
    text = replaced(text, "\"datasource\": \"\"", "\"datasource\": \"warehouse\"");
    text = replaced(text, "\"table\": \"\"", "\"table\": \"person\"");
    text = replaced(text, "\"table\": \"\"", "\"table\": \"person\"");
    text = replaced(text, "\"partition\": \"\"", "\"partition\": \"pt=1\"");
    const ParsedJob parsed = parse_job(request_of(text));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes(parsed.findings, Severity::kWarning), Codes{});
    const auto reader = read_ots_reader(parsed.job->reader);
    ASSERT_TRUE(reader.ok()) << reader.status().text();
    EXPECT_EQ(reader->begin.size(), 4u);
    EXPECT_EQ(reader->end.at(3).integer, 100);
    EXPECT_EQ(reader->split.size(), 3u);
    EXPECT_TRUE(read_odps_writer(parsed.job->writer)->columns.empty());
}

TEST(SeedScriptsTest, WholeTableToOssPassesWhenFilledIn) {
    SEED_OR_SKIP(text, "s4-ots-to-oss.json");
    text = replaced(text, "\"datasource\": \"\"", "\"datasource\": \"school\"");
    text = replaced(text, "\"datasource\": \"\"", "\"datasource\": \"backup\"");
    text = replaced(text, "\"table\": \"\"", "\"table\": \"person\"");
    const ParsedJob parsed = parse_job(request_of(text));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(codes(parsed.findings, Severity::kWarning), Codes{});
    EXPECT_EQ(parsed.job->writer.parameters["object"], "tablestore/20171107");
    EXPECT_EQ(parsed.job->writer.parameters["generateEmptyFile"], true);
    EXPECT_FALSE(parsed.job->window);
}

}  // namespace
}  // namespace millrace
