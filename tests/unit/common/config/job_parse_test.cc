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

// ---- one wrong thing each: the change, and what is said about it

struct Mistake {
    const char* name;
    const char* what;  // of oss_script()
    const char* with;
    const char* code;
    const char* place;
};
class OssMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(OssMistakeTest, IsFoundAtItsPlace) {
    JobRequest request = oss_request();
    request.text = replaced(request.text, GetParam().what, GetParam().with);
    const ParsedJob parsed = parse_job(request);
    const std::vector<std::string> places = places_of(parsed.findings, GetParam().code);
    ASSERT_EQ(places.size(), 1u) << text_of(parsed.findings);
    EXPECT_EQ(places[0], GetParam().place);
    bool error = false;
    for (const Finding& finding : parsed.findings)
        error = error || finding.severity == Severity::kError;
    EXPECT_EQ(parsed.job.has_value(), !error);
    EXPECT_EQ(parsed.status().ok(), !error);
}

constexpr Mistake kMistakes[] = {
    {"UnknownReader", "\"otsstream\"", "\"otstream\"", "unknown-plugin", "10:17"},
    {"UnknownParameter", "\"maxRetries\"", "\"maxRetry\"", "unknown-parameter", "20:9"},
    {"UnknownMode", "single_version_and_update_only", "single", "unknown-choice", "17:17"},
    {"UndefinedVariable", "${start_time}", "${startTime}", "undefined-variable", "15:29"},
    {"EnvironmentInScript", "\"user_info\"", "\"x${env:HOME}\"", "environment-in-script", "13:24"},
    {"BlankDatasource", "\"school\"", "\"\"", "blank-datasource", "12:23"},
    {"UnknownDatasource", "\"school\"", "\"schol\"", "unknown-datasource", "12:23"},
    {"BlankTable", "\"user_info\"", "\" \"", "blank-parameter", "13:22"},
    {"NoTable", "\"dataTable\": \"user_info\",", "", "missing-parameter", "11:20"},
    {"WrongTime", "${start_time}", "201711071430", "time-form", "15:28"},
    {"BlankTime", "${start_time}", "", "blank-parameter", "15:28"},
    {"EndBeforeStart", "${start_time}", "20171107144000", "end-before-start", "16:26"},
    {"HalfWindow", "\"endTimeString\": \"${end_time}\",", "", "half-window", "15:28"},
    {"NoWindow",
     "\"startTimeString\": \"${start_time}\",\n        \"endTimeString\": \"${end_time}\",", "",
     "no-window", "11:20"},
    {"TwoForms", "\"maxRetries\": 30", "\"date\": \"20171107\"", "window-forms", "20:17"},
    {"NoColumns", "[ {\"name\": \"uid\"}, {\"name\": \"name\"} ]", "[]", "no-columns", "18:19"},
    {"ColumnAsText", "{\"name\": \"uid\"}", "\"uid\"", "column-form", "18:21"},
    {"ColumnWithoutName", "{\"name\": \"uid\"}", "{\"value\": \"uid\"}", "column-form", "18:21"},
    {"ColumnTwice", "{\"name\": \"uid\"}", "{\"name\": \"name\"}", "duplicate-column", "18:19"},
    {"ColumnWithoutMode", "\"mode\": \"single_version_and_update_only\",", "",
     "column-without-effect", "18:19"},
    {"SequenceInRowMode", "\"isExportSequenceInfo\": false", "\"isExportSequenceInfo\": true",
     "sequence-column", "19:33"},
    {"RetriesOutOfBounds", "30", "-1", "out-of-bounds", "20:23"},
    {"RetriesNoNumber", "30", "\"many\"", "wrong-type", "20:23"},
    {"NumberAsText", "30", "\"30\"", "text-as-value", "20:23"},
    {"BooleanAsText", "Info\": false", "Info\": \"False\"", "text-as-value", "19:33"},
    {"BlankNumber", "\"mbps\": 2", "\"mbps\": \"\"", "blank-value", "7:26"},
    {"RefusedParameter", "\"maxRetries\": 30", "\"isTimeseriesTable\": true", "not-built-yet",
     "20:30"},
    {"IgnoredParameter", "\"maxRetries\": 30", "\"threadNum\": 32", "ignored-parameter", "20:22"},
    {"FormatNotBuilt", "\"csv\"", "\"orc\"", "not-built-yet", "29:23"},
    {"FormatUnknown", "\"csv\"", "\"xls\"", "unknown-choice", "29:23"},
    {"WriteModeUnknown", "\"truncate\"", "\"overwrite\"", "unknown-choice", "28:22"},
    {"ObjectEndsWithSlash", "user_info/{date}", "user_info/", "object-name", "27:19"},
    {"LineDelimiter", "\"csv\"", "\"csv\", \"lineDelimiter\": \"\\r\\n\"", "delimiter", "29:47"},
    {"ObjectBeginsWithSlash", "\"school/user", "\"/school/user", "object-name", "27:19"},
    {"DelimiterTooLong", "\"csv\"", "\"csv\", \"fieldDelimiter\": \"||\"", "delimiter", "29:48"},
    {"DateFormat", "\"csv\"", "\"csv\", \"dateFormat\": \"yyyy-MM-dd BB\"", "date-format", "29:44"},
    {"TooManyParts", "\"csv\"", "\"csv\", \"partBytes\": 102400, \"objectBytes\": 2048000000",
     "too-many-parts", "29:66"},
    {"SaidTwice", "\"csv\"", "\"csv\", \"partBytes\": 131072, \"blockSizeInMB\": 10", "said-twice",
     "29:68"},
    {"SourceOverridden", "\"csv\"", "\"csv\", \"bucket\": \"other\"", "datasource-overridden",
     "29:40"},
    {"BucketInEndpoint", "\"csv\"", "\"csv\", \"endpoint\": \"http://backup.oss.example\"",
     "bucket-in-endpoint", "29:42"},
    {"PasswordInEndpoint", "\"csv\"", "\"csv\", \"endpoint\": \"http://me:canary-x@oss.example\"",
     "secret-in-address", "29:42"},
    {"EndpointWithoutScheme", "\"csv\"", "\"csv\", \"endpoint\": \"oss.example\"", "no-scheme",
     "29:42"},
    {"ScheduleExpression", "{date}", "$[yyyymmdd-x]", "schedule-expression", "27:37"},
    {"TimeZone", "\"errorLimit\"", "\"timeZone\": \"Asia/Shangai\", \"errorLimit\"", "time-zone",
     "6:19"},
    {"UnknownSetting", "\"mbps\"", "\"mbp\"", "unknown-parameter", "7:18"},
    {"NoSpeed", "\"speed\"", "\"sped\"", "no-speed", "5:16"},
    {"NoErrorLimit", "\"errorLimit\": { \"record\": 0 },", "", "no-error-limit", "5:16"},
    {"ShareTooLarge", "\"record\": 0", "\"percentage\": 5", "out-of-bounds", "6:37"},
    {"ScriptType", "\"type\": \"job\"", "\"type\": \"jobs\"", "script-type", "2:11"},
    {"ScriptVersion", "\"1.0\"", "\"2.0\"", "script-version", "3:14"},
    {"NoReader", "\"reader\"", "\"raeder\"", "missing-key", "4:20"},
    {"NoPluginName", "\"plugin\": \"oss\",", "", "missing-key", "23:15"},
};
INSTANTIATE_TEST_SUITE_P(All, OssMistakeTest, testing::ValuesIn(kMistakes),
                         [](const auto& test) { return test.param.name; });

class SearchMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(SearchMistakeTest, IsFoundAtItsPlace) {
    JobRequest request = request_of(replaced(search_script(), GetParam().what, GetParam().with));
    const ParsedJob parsed = parse_job(request);
    const std::vector<std::string> places = places_of(parsed.findings, GetParam().code);
    ASSERT_EQ(places.size(), 1u) << text_of(parsed.findings);
    EXPECT_EQ(places[0], GetParam().place);
}

constexpr Mistake kSearchMistakes[] = {
    {"SeveralContents", "} ]\n  }", "}, {} ]\n  }", "several-contents", "30:8"},
    {"Transformer", "\"reader\": {", "\"transformer\": [{}], \"reader\": {", "not-built-yet",
     "5:22"},
    {"TrailingDot", "\"school\"", "\"school.\"", "trailing-dot", "11:27"},
    {"IdMissesNoColumn", "{\"name\": \"uid\", \"type\": \"id\"}, ", "", "column-counts", "27:21"},
    {"ColumnType", "\"type\": \"text\"", "\"type\": \"txt\"", "unknown-choice", "27:79"},
    {"ColumnTypeNotBuilt", "\"type\": \"text\"", "\"type\": \"geo_point\"", "not-built-yet",
     "27:79"},
    {"ColumnArray", "\"type\": \"text\"", "\"type\": \"text\", \"array\": true", "not-built-yet",
     "27:96"},
    {"ColumnNoType", ", \"type\": \"text\"", "", "missing-parameter", "27:54"},
    {"ColumnTwice", "\"name\", \"type\"", "\"uid\", \"type\"", "duplicate-column", "27:21"},
    {"IndexInCapitals", "school_index", "School_Index", "index-name", "26:20"},
    {"ActionType", "\"index\":", "\"actionType\": \"update\", \"index\":", "not-built-yet",
     "26:25"},
    {"ColumnMode", "\"mode\": \"single_version_and_update_only\",", "", "mode-of-writer", "7:22"},
    {"AliasTwice", "\"accessId\": \"elastic\"", "\"accessId\": \"elastic\", \"username\": \"x\"",
     "said-twice", "24:34"},
    {"SecondsForMillis", "1510036262000", "1510036262", "time-form", "14:35"},
    {"DeletesUnknown", "\"index\":", "\"deletes\": \"keep\", \"index\":", "unknown-choice",
     "26:22"},
};
INSTANTIATE_TEST_SUITE_P(All, SearchMistakeTest, testing::ValuesIn(kSearchMistakes),
                         [](const auto& test) { return test.param.name; });

TEST(JobParseTest, ParametersThatSayTheDefaultAreNotRefused) {
    const ParsedJob parsed = parse_job(request_of(
        replaced(search_script(),
                 "\"index\":", "\"actionType\": \"index\", \"splitter\": \"\", \"index\":")));
    EXPECT_TRUE(parsed.job) << text_of(parsed.findings);
}

TEST(JobParseTest, OnePassFindsMuch) {
    JobRequest request = oss_request();
    request.text = replaced(request.text, "\"user_info\"", "\"\"");
    request.text = replaced(request.text, "30", "\"x\"");
    request.text = replaced(request.text, "\"csv\"", "\"orc\"");
    request.text = replaced(request.text, "\"backup\"", "\"nowhere\"");
    request.variables = {};
    const ParsedJob parsed = parse_job(request);
    size_t errors = 0;
    for (const Finding& finding : parsed.findings) errors += finding.severity == Severity::kError;
    EXPECT_EQ(errors, 6u) << text_of(parsed.findings);
}

TEST(JobParseTest, NearestNamesAreProposed) {
    JobRequest request = oss_request();
    request.variables = {{"startTime", "20171107143000"}, {"end_time", "20171107144000"}};
    const std::string text = text_of(parse_job(request).findings);
    EXPECT_NE(text.find("did you mean \"startTime\"?"), std::string::npos) << text;
}

TEST(JobParseTest, MissingSourcesFileIsSaid) {
    JobRequest request = oss_request();
    request.sources = {};
    EXPECT_EQ(places_of(parse_job(request).findings, "no-sources").size(), 2u);
}

// ---- settings

TEST(JobParseTest, SpeedAndLimitsInAllSpellings) {
    JobRequest request = oss_request();
    request.text = replaced(request.text, "\"mbps\": 2, \"concurrent\": 3",
                            "\"byte\": 1000, \"record\": \"50\", \"channel\": 4");
    request.text = replaced(request.text, "\"record\": 0 }", "\"percentage\": 0.25 }");
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(parsed.job->source_bytes_per_second, 1000);
    EXPECT_EQ(parsed.job->source_records_per_second, 50);
    EXPECT_EQ(parsed.job->concurrent, 4);
    EXPECT_EQ(parsed.job->dirty_share_max, 0.25);
    request.dirty_records_max = 7;  // --errorLimit
    EXPECT_EQ(parse_job(request).job->dirty_records_max, 7u);
}

TEST(JobParseTest, WithoutSkipDirtyRecordOneBadDocumentFailsTheJob) {
    JobRequest request = oss_request();
    const size_t writer = request.text.find("\"plugin\": \"oss\"");
    request.text = request.text.substr(0, writer) + R"("plugin": "opensearch", "parameter": {
        "host": "http://127.0.0.1:1", "accessId": "i", "accessKey": "k", "indexName": "a",
        "table": "t", "column": ["id", "n"], "writeMode": "add" } } } })";
    request.text = replaced(request.text, "\"record\": 0 }", "\"percentage\": 0.25 }");
    const ParsedJob strict = parse_job(request);
    ASSERT_TRUE(strict.job) << text_of(strict.findings);
    EXPECT_EQ(strict.job->dirty_records_max, 0u);
    EXPECT_FALSE(strict.job->dirty_share_max);
    JobRequest allowed = request;
    allowed.dirty_records_max = 7;  // --errorLimit
    EXPECT_EQ(parse_job(allowed).job->dirty_records_max, 7u);
    request.text = replaced(request.text, "\"add\"", "\"add\", \"skipDirtyRecord\": true");
    EXPECT_EQ(parse_job(request).job->dirty_share_max, 0.25);
}

TEST(JobParseTest, ThrottleFalseSwitchesMbpsOff) {
    JobRequest request = oss_request();
    request.text = replaced(request.text, "\"mbps\": 2", "\"mbps\": 2, \"throttle\": false");
    EXPECT_EQ(parse_job(request).job->source_bytes_per_second, 0);
}

TEST(JobParseTest, MegabytesOfDataxSetOurBytes) {
    JobRequest request = oss_request();
    request.text = replaced(request.text, "\"csv\"",
                            "\"csv\", \"blockSizeInMB\": \"10\", \"maxFileSize\": 20");
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(parsed.job->writer.parameters["partBytes"], 10 * 1048576);
    EXPECT_EQ(parsed.job->writer.parameters["objectBytes"], 20 * 1048576);
    EXPECT_FALSE(parsed.job->writer.parameters.contains("blockSizeInMB"));
}

TEST(JobParseTest, TimesAreReadInTheJobsZone) {
    JobRequest request = oss_request();
    request.text =
        replaced(request.text, "\"errorLimit\"", "\"timeZone\": \"UTC\", \"errorLimit\"");
    const ParsedJob parsed = parse_job(request);
    EXPECT_EQ(to_iso8601(parsed.job->window->start), "2017-11-07T14:30:00.000Z");
    EXPECT_EQ(parsed.job->time_zone, "UTC");
}

TEST(JobParseTest, ADateIsAWindow) {
    JobRequest request = oss_request();
    request.text = replaced(
        request.text,
        "\"startTimeString\": \"${start_time}\",\n        \"endTimeString\": \"${end_time}\",",
        "\"date\": \"${bdp.system.bizdate}\",");
    request.variables = {};
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(to_iso8601(parsed.job->window->start), "2017-11-05T16:00:00.000Z");
    EXPECT_EQ(places_of(parsed.findings, "bizdate").size(), 1u);
}

// ---- identity and version

TEST(JobIdentityTest, TuningAndFileDoNotCount) {
    const JobSpec first = *parse_job(oss_request()).job;
    JobRequest request = oss_request();
    request.file = "other.json";
    request.text = replaced(request.text, "30", "5");
    request.text = replaced(request.text, "\"mbps\": 2", "\"mbps\": 5");
    const JobSpec tuned = *parse_job(request).job;
    EXPECT_EQ(tuned.task, first.task);
    EXPECT_EQ(tuned.version, first.version);
    EXPECT_EQ(first.task.text().size(), 16u);
}

TEST(JobIdentityTest, ColumnsChangeTheVersionOnly) {
    const JobSpec first = *parse_job(oss_request()).job;
    JobRequest request = oss_request();
    request.text = replaced(request.text, "{\"name\": \"name\"}", "{\"name\": \"phone\"}");
    const JobSpec other = *parse_job(request).job;
    EXPECT_EQ(other.task, first.task);
    EXPECT_NE(other.version, first.version);
}

TEST(JobIdentityTest, TableAndObjectChangeTheTask) {
    const JobSpec first = *parse_job(oss_request()).job;
    JobRequest table = oss_request();
    table.text = replaced(table.text, "\"user_info\"", "\"orders\"");
    JobRequest object = oss_request();
    object.text = replaced(object.text, "school/user_info", "school/users");
    EXPECT_NE(parse_job(table).job->task, first.task);
    EXPECT_NE(parse_job(object).job->task, first.task);
}

TEST(JobIdentityTest, WindowsOfOneJobAreOneTask) {
    for (const char* object :
         {"school/{date}", "school/${date}", "school/${start_time}", "school/${bdp.system.bizdate}",
          "school/$[yyyymmdd]", "school/${day}"}) {
        JobRequest request = oss_request();
        request.text = replaced(request.text, "school/user_info/{date}", object);
        request.variables.push_back({"day", "$[yyyymmdd-1]"});
        const ParsedJob first = parse_job(request);
        ASSERT_TRUE(first.job) << text_of(first.findings);
        request.variables[0].value = "20171205143000";
        request.variables[1].value = "20171205144000";
        request.schedule += std::chrono::days(28);
        const ParsedJob later = parse_job(request);
        EXPECT_EQ(later.job->task, first.job->task) << object;
        EXPECT_NE(later.job->writer.parameters["object"], first.job->writer.parameters["object"])
            << object;
    }
}

TEST(JobIdentityTest, ANameIsTheWholeIdentity) {
    JobRequest request = oss_request();
    request.name = "nightly";
    const JobSpec first = *parse_job(request).job;
    request.text = replaced(request.text, "\"user_info\"", "\"orders\"");
    EXPECT_EQ(parse_job(request).job->task, first.task);
    EXPECT_NE(parse_job(request).job->version, first.version);
}

TEST(JobIdentityTest, DateOfTheCommandLineWins) {
    JobRequest request = oss_request();
    const JobSpec without = *parse_job(request).job;
    request.variables.push_back({"date", "20200101"});
    const JobSpec with = *parse_job(request).job;
    EXPECT_EQ(with.writer.parameters["object"], "school/user_info/20200101");
    EXPECT_EQ(with.task, without.task);
}

// ---- --next

TEST(NextTest, LeavesTheWindowOpenAndBindsItLater) {
    JobRequest request =
        request_of(replaced(oss_script(), "school/user_info/{date}", "s/{date}/${end_time}"));
    request.next = true;
    const ParsedJob open = parse_job(request);
    ASSERT_TRUE(open.job) << text_of(open.findings);
    EXPECT_FALSE(open.job->window);
    EXPECT_EQ(open.window_variables.start, "start_time");
    EXPECT_EQ(open.window_variables.end, "end_time");
    request.window = Window{from_millis(1'510'036'200'000), from_millis(1'510'036'500'000)};
    const ParsedJob bound = parse_job(request);
    ASSERT_TRUE(bound.job) << text_of(bound.findings);
    EXPECT_EQ(bound.job->window, request.window);
    EXPECT_EQ(bound.job->writer.parameters["object"], "s/20171107/20171107143500");
    EXPECT_EQ(bound.job->task, open.job->task);
}

TEST(NextTest, BindsMilliseconds) {
    std::string script = replaced(search_script(), "1510036262000", "${a}");
    JobRequest request = request_of(replaced(script, "1510036881000", "\"${b}\""));
    request.next = true;
    request.window = Window{from_millis(1'510'036'200'000), from_millis(1'510'036'500'000)};
    const ParsedJob bound = parse_job(request);
    ASSERT_TRUE(bound.job) << text_of(bound.findings);
    EXPECT_EQ(bound.job->window, request.window);
}

TEST(NextTest, LiteralKeysAndGivenVariablesAreErrors) {
    JobRequest literal = request_of(search_script());
    literal.next = true;
    EXPECT_EQ(places_of(parse_job(literal).findings, "next-needs-variables").size(), 1u);
    JobRequest given = oss_request();
    given.next = true;
    EXPECT_EQ(places_of(parse_job(given).findings, "next-binds-variable").size(), 2u);
}

// ---- variables

struct Value {
    const char* name;
    const char* text;   // of dataTable
    const char* value;  // what it becomes
};
class ValueTest : public testing::TestWithParam<Value> {};

TEST_P(ValueTest, IsPutIn) {
    JobRequest request = oss_request();
    request.text =
        replaced(request.text, "\"user_info\"", "\"" + std::string(GetParam().text) + "\"");
    request.variables.push_back({"table", "orders"});
    request.variables.push_back({"ten_minutes_ago", "$[hh24miss-10/24/60]"});
    request.variables.push_back({"dollar", "${table}"});
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(parsed.job->reader.parameters["dataTable"], GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    All, ValueTest,
    testing::Values(Value{"Braces", "x_${table}_y", "x_orders_y"},
                    Value{"NoBraces", "$table.y", "orders.y"},
                    Value{"UnknownWithoutBraces", "a$b$", "a$b$"},
                    Value{"BlanksInBraces", "${ table }", "orders"},
                    Value{"Twice", "${table}${table}", "ordersorders"},
                    Value{"Expression", "t$[yyyymmddhh24miss-10/24/60]", "t20171107152320"},
                    Value{"ExpressionInVariable", "t${ten_minutes_ago}", "t152320"},
                    Value{"NoExpression", "a$[0-9]", "a$[0-9]"},
                    Value{"Cyctime", "${bdp.system.cyctime}", "20171107153320"},
                    Value{"Bizdate", "${bdp.system.bizdate}", "20171106"},
                    Value{"NotTwiceOver", "${dollar}", "${table}"},
                    Value{"DateElsewhere", "x{date}", "x{date}"},
                    Value{"OpenBrace", "x${table", "x${table"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(VariablesTest, WithoutQuotesTheyBecomeWhatTheySay) {
    JobRequest request = oss_request();
    request.text = replaced(request.text, "30", "${retries}");
    request.text =
        replaced(request.text, "[ {\"name\": \"uid\"}, {\"name\": \"name\"} ]", "${columns}");
    request.variables.push_back({"retries", "5"});
    request.variables.push_back({"columns", R"([{"name": "a"}, {"name": "b"}])"});
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(parsed.job->reader.parameters["maxRetries"], 5);
    EXPECT_EQ(parsed.job->reader.parameters["column"].size(), 2u);
}

TEST(VariablesTest, CommentsAreNotLookedAt) {
    JobRequest request = oss_request();
    request.text = replaced(request.text, "\"csv\"", "\"csv\" # like ${nothing}\n");
    EXPECT_TRUE(parse_job(request).job);
}

TEST(VariablesTest, UnusedOnesAreNoted) {
    JobRequest request = oss_request();
    request.variables.push_back({"stat_time", "x"});
    EXPECT_EQ(text_of(parse_job(request).findings),
              "job.json: note: -Dstat_time is given, but the script does not name it "
              "[unused-variable]\n");
}

TEST(VariablesTest, GivenBizdateWins) {
    JobRequest request = oss_request();
    request.text = replaced(request.text, "\"user_info\"", "\"t${bdp.system.bizdate}\"");
    request.variables.push_back({"bdp.system.bizdate", "20200101"});
    EXPECT_EQ(parse_job(request).job->reader.parameters["dataTable"], "t20200101");
}

// ---- secrets

TEST(SecretsTest, AreInNoTextThatLeavesTheParser) {
    for (const std::string& script : {oss_script(), search_script()}) {
        JobRequest request = oss_request();
        request.text = script;
        const ParsedJob parsed = parse_job(request);
        ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
        const std::string all = text_of(parsed.findings) + parsed.job->text_without_secrets +
                                parsed.job->identity + parsed.job->reader.parameters.dump() +
                                parsed.job->writer.parameters.dump();
        EXPECT_EQ(all.find("canary"), std::string::npos) << all;
    }
}

TEST(SecretsTest, AMistypedSecretIsNotShown) {
    const ParsedJob parsed = parse_job(request_of(replaced(
        search_script(), "\"accessKey\": \"canary-ots-key\"", "\"acessKey\": \"canary-ots-key\"")));
    EXPECT_EQ(text_of(parsed.findings).find("canary"), std::string::npos);
    EXPECT_EQ(places_of(parsed.findings, "unknown-parameter").size(), 1u);
}

TEST(SecretsTest, StoredTextReadsBackAsTheSameJob) {
    const JobSpec job = *parse_job(oss_request()).job;
    JobRequest again = request_of(job.text_without_secrets);
    again.text =
        replaced(again.text, "\"parameter\":{", "\"parameter\":{\"accessKey\":\"canary-a\",");
    const size_t writer = again.text.find("\"writer\"");
    again.text.insert(again.text.find("\"parameter\":{", writer) + 13,
                      "\"accessKey\":\"canary-b\",");
    const ParsedJob read = parse_job(again);
    ASSERT_TRUE(read.job) << text_of(read.findings);
    EXPECT_EQ(read.job->window, job.window);
    EXPECT_EQ(read.job->reader.parameters, job.reader.parameters);
    EXPECT_EQ(read.job->writer.parameters, job.writer.parameters);
    EXPECT_EQ(read.job->text_without_secrets, job.text_without_secrets);
}

}  // namespace
}  // namespace millrace
