#include "common/config/job_parse.h"

#include "tests/unit/common/config/job_text.h"

namespace millrace {
namespace {

TEST(JobParseTest, ReadsAnIntegrationScriptWithVariablesAndDataSources) {
    const ParsedJob parsed = parse_job(oss_request());
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    const JobSpec& job = *parsed.job;
    EXPECT_EQ(text_of(parsed.findings), "");
    EXPECT_EQ(job.reader.plugin, "otsstream");
    EXPECT_EQ(job.reader.parameters["endpoint"], "http://127.0.0.1:8080");
    EXPECT_EQ(job.reader.parameters["instanceName"], "school");
    EXPECT_EQ(job.reader.parameters["accessId"], "ots-id");
    EXPECT_EQ(job.reader.secret("accessKey").reveal(), "canary-ots-key");
    EXPECT_EQ(job.reader.parameters["maxRetries"], 30);
    EXPECT_EQ(job.reader.parameters["mode"], "single_version_and_update_only");
    EXPECT_EQ(job.reader.parameters["column"].dump(), R"([{"name":"uid"},{"name":"name"}])");
    EXPECT_EQ(job.writer.plugin, "oss");
    EXPECT_EQ(job.writer.parameters["bucket"], "backup");
    EXPECT_EQ(job.writer.parameters["object"], "school/user_info/20171107");
    EXPECT_EQ(job.writer.parameters["partBytes"], 8 * 1024 * 1024);
    EXPECT_EQ(job.writer.parameters["nullFormat"], "null");
    EXPECT_EQ(job.writer.secret("accessKey").reveal(), "canary-oss-key");
    EXPECT_EQ(job.source_bytes_per_second, 2 * 1024 * 1024);
    EXPECT_EQ(job.concurrent, 3);
    EXPECT_EQ(job.dirty_records_max, 0);
    ASSERT_TRUE(job.window);
    EXPECT_EQ(to_iso8601(job.window->start), "2017-11-07T06:30:00.000Z");
    EXPECT_EQ(to_iso8601(job.window->end), "2017-11-07T06:40:00.000Z");
}

TEST(JobParseTest, ReadsADataxScriptWithEverythingInline) {
    const ParsedJob parsed = parse_job(request_of(search_script()));
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    const JobSpec& job = *parsed.job;
    EXPECT_EQ(text_of(parsed.findings), "");
    EXPECT_EQ(job.writer.plugin, "elasticsearch");
    EXPECT_EQ(job.writer.parameters["username"], "elastic");
    EXPECT_EQ(job.writer.secret("password").reveal(), "canary-search-key");
    EXPECT_EQ(job.writer.parameters["batchSize"], 1024);
    EXPECT_EQ(job.dirty_share_max, 0.0);
    EXPECT_FALSE(job.dirty_records_max);
    ASSERT_TRUE(job.window);
    EXPECT_EQ(to_millis(job.window->start), 1510036262000);
    EXPECT_EQ(to_millis(job.window->end), 1510036881000);
}

}  // namespace
}  // namespace millrace
