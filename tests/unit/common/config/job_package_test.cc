#include "common/config/job_package.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_random.h"
#include "tests/unit/common/config/job_text.h"

namespace millrace {
namespace {

const RunId kRun("r-1");

SealKey key_of(char digit) {
    return *SealKey::parse(Secret(std::string(64, digit)));
}

JobPackage full_package() {
    JobPackage package;
    JobRequest& request = package.request;
    request.file = "job.json";
    request.text = oss_script() + "// not UTF-8: \xff";
    request.variables = {{"start_time", "20261121100000"}, {"end_time", "20261121100500"}};
    request.sources = SourcesText{
        "sources.json",
        R"({"school": {"type": "ots", "endpoint": "https://s.example", "instance": "school",
                       "accessId": "id", "accessKey": "${env: OTS_KEY }"},
            "backup": {"type": "oss", "endpoint": "https://o.example", "bucket": "b",
                       "accessId": "${env:OSS_ID}", "accessKey": "${env:ABSENT}"}})"};
    request.environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "OTS_KEY") return "key \xfe\"";
        if (name == "OSS_ID") return "oss-id";
        if (name == "HOME") return "/home/somebody";
        return {};
    };
    request.schedule = from_millis(1'700'000'000'123);
    request.name = "nightly";
    request.next = true;
    request.window = Window{from_millis(1'700'000'000'000), from_millis(1'700'000'300'000)};
    request.dirty_records_max = 7;
    package.shape.key = {{"uid", ValueType::kString}};
    package.shape.columns = {{"name", ValueType::kAbsent}, {"age", ValueType::kInteger}};
    package.stream = StreamId("stream-1");
    package.accept_loss = true;
    package.replay = true;
    package.whole_partition = true;
    package.begun_anew = 2;
    package.label = "north";
    return package;
}

void expect_same(const std::vector<ShapeColumn>& a, const std::vector<ShapeColumn>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].name, b[i].name);
        EXPECT_EQ(a[i].type, b[i].type);
    }
}

void expect_same(const JobRequest& a, const JobRequest& b) {
    EXPECT_EQ(a.file, b.file);
    EXPECT_EQ(a.text, b.text);
    ASSERT_EQ(a.variables.size(), b.variables.size());
    for (size_t i = 0; i < a.variables.size(); ++i) {
        EXPECT_EQ(a.variables[i].name, b.variables[i].name);
        EXPECT_EQ(a.variables[i].value, b.variables[i].value);
    }
    ASSERT_EQ(a.sources.has_value(), b.sources.has_value());
    if (a.sources) {
        EXPECT_EQ(a.sources->file, b.sources->file);
        EXPECT_EQ(a.sources->text, b.sources->text);
    }
    EXPECT_EQ(a.schedule, b.schedule);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.next, b.next);
    EXPECT_EQ(a.window, b.window);
    EXPECT_EQ(a.dirty_records_max, b.dirty_records_max);
}

TEST(JobPackageTest, HoldsAllThatAWorkerNeeds) {
    FakeRandom random;
    for (const JobPackage& package : {full_package(), JobPackage{}}) {
        const auto opened =
            open_package(seal(package, kRun, key_of('a'), random), kRun, key_of('a'));
        ASSERT_TRUE(opened.ok()) << opened.status().text();
        expect_same(opened->request, package.request);
        expect_same(opened->shape.key, package.shape.key);
        expect_same(opened->shape.columns, package.shape.columns);
        EXPECT_EQ(opened->stream, package.stream);
        EXPECT_EQ(opened->accept_loss, package.accept_loss);
        EXPECT_EQ(opened->replay, package.replay);
        EXPECT_EQ(opened->whole_partition, package.whole_partition);
        EXPECT_EQ(opened->begun_anew, package.begun_anew);
        EXPECT_EQ(opened->label, package.label);
    }
}

TEST(JobPackageTest, TakesOfTheEnvironmentWhatTheDataSourcesName) {
    FakeRandom random;
    const auto opened =
        open_package(seal(full_package(), kRun, key_of('a'), random), kRun, key_of('a'));
    ASSERT_TRUE(opened.ok());
    const Environment& environment = opened->request.environment;
    EXPECT_EQ(environment("OTS_KEY"), "key \xfe\"");
    EXPECT_EQ(environment("OSS_ID"), "oss-id");
    EXPECT_EQ(environment("ABSENT"), std::nullopt);
    EXPECT_EQ(environment("HOME"), std::nullopt);
}

// The worker finds the same job as the coordinator, to the hash of all that decides its bytes.
TEST(JobPackageTest, ParsesToTheSameJob) {
    FakeRandom random;
    JobPackage package = full_package();
    package.request.text = oss_script();
    package.request.next = false;
    package.request.window.reset();
    const std::string absent = "${env:ABSENT}";
    std::string& sources = package.request.sources->text;
    sources.replace(sources.find(absent), absent.size(), "oss-key");
    const ParsedJob before = parse_job(package.request);
    ASSERT_TRUE(before.job) << before.status().text();
    const auto opened = open_package(seal(package, kRun, key_of('a'), random), kRun, key_of('a'));
    ASSERT_TRUE(opened.ok());
    const ParsedJob after = parse_job(opened->request);
    ASSERT_TRUE(after.job) << after.status().text();
    EXPECT_EQ(after.job->task, before.job->task);
    EXPECT_EQ(after.job->version, before.job->version);
    EXPECT_EQ(after.job->window, before.job->window);
    EXPECT_EQ(after.job->reader.secret("accessKey"), before.job->reader.secret("accessKey"));
    EXPECT_EQ(after.job->reader.secret("accessKey").reveal(), "key \xfe\"");
}

TEST(JobPackageTest, IsOpenedForItsRunAndWithItsKeyOnly) {
    FakeRandom random;
    const std::string sealed = seal(full_package(), kRun, key_of('a'), random);
    EXPECT_EQ(sealed.find("oss-id"), std::string::npos);
    EXPECT_EQ(open_package(sealed, kRun, key_of('b')).status().code(), Code::kConfig);
    const Status status = open_package(sealed, RunId("r-2"), key_of('a')).status();
    EXPECT_EQ(status.code(), Code::kCorrupt);
    EXPECT_NE(status.text().find("r-2"), std::string::npos) << status.text();
}

TEST(JobPackageTest, OtherSealedThingsAreCorrupt) {
    FakeRandom random;
    std::string other_form =
        "\xa1\x64"
        "form"
        "\x18\x63";  // {"form": 99}
    for (const std::string& text : {std::string(), std::string("text"), other_form}) {
        const std::string sealed = seal(text, "package/r-1", key_of('a'), random);
        EXPECT_EQ(open_package(sealed, kRun, key_of('a')).status().code(), Code::kCorrupt);
    }
}

}  // namespace
}  // namespace millrace
