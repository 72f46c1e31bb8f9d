// The scripts of the documents, read when their folder lies beside the sources (or is named by
// MILLRACE_SEED_SCRIPTS_DIR).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

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
    request.variables = {{"start_time", "$[yyyymmddhh24miss-10/24/60]"},
                         {"end_time", "$[yyyymmddhh24miss-5/24/60]"}};
    const ParsedJob parsed = parse_job(request);
    EXPECT_EQ(codes(parsed.findings, Severity::kError), Codes{"plugin-not-built-yet"})
        << text_of(parsed.findings);
    EXPECT_EQ(codes(parsed.findings, Severity::kWarning), Codes{});
    EXPECT_EQ(codes(parsed.findings, Severity::kNote),
              (Codes{"text-as-value", "text-as-value", "text-as-value", "blank-in-key",
                     "blank-in-key", "stray-quote", "text-after-comma"}));
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

TEST(SeedScriptsTest, TheOthersAreReadAndNameWhatIsNotBuilt) {
    SEED_OR_SKIP(odps, "s3-otsstream-to-odps.txt");
    JobRequest request = request_of(replaced(odps, "\"otsstream\",//", "\"school\",//"));
    request.variables = {{"startTime", "20171107143000"}, {"endTime", "20171107144000"}};
    EXPECT_EQ(codes(parse_job(request).findings, Severity::kError), Codes{"plugin-not-built-yet"});
    SEED_OR_SKIP(to_odps, "s4-ots-to-odps.json");
    EXPECT_EQ(places_of(parse_job(request_of(to_odps)).findings, "plugin-not-built-yet").size(),
              2u);
    SEED_OR_SKIP(to_oss, "s4-ots-to-oss.json");
    EXPECT_EQ(places_of(parse_job(request_of(to_oss)).findings, "plugin-not-built-yet").size(), 1u);
}

}  // namespace
}  // namespace millrace
