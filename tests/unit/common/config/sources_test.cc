#include "common/config/sources.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/common/config/transfer_text.h"

namespace millrace {
namespace {

ParsedJob with_sources(const std::string& what, const std::string& with) {
    JobRequest request = oss_request();
    request.sources->text = replaced(request.sources->text, what, with);
    return parse_job(request);
}

TEST(SourcesTest, UnknownKeysAreErrorsInTheirFile) {
    const ParsedJob parsed = with_sources("\"bucket\"", "\"buckett\"");
    const std::string text = text_of(parsed.findings);
    EXPECT_FALSE(parsed.job);
    EXPECT_NE(
        text.find(
            "sources.json:4:66: error: data source \"backup\" knows no \"buckett\"; did you mean "
            "\"bucket\"? [unknown-key]"),
        std::string::npos)
        << text;
}

TEST(SourcesTest, TheTypeMustFitThePlugin) {
    const ParsedJob parsed = with_sources("\"type\": \"oss\"", "\"type\": \"ots\"");
    EXPECT_EQ(places_of(parsed.findings, "datasource-type"), std::vector<std::string>{"4:22"});
}

TEST(SourcesTest, MaxComputeHasTheNamesOfBothWorlds) {
    JobRequest request = transfer_request(table_to_odps());
    request.sources->text = replaced(request.sources->text, "\"project\": \"school\",",
                                     "\"project\": \"school\", \"tunnelEndpoint\": "
                                     "\"http://127.0.0.1:8084\", \"schema\": \"s\",");
    const ParsedJob parsed = parse_job(request);
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    EXPECT_EQ(parsed.job->writer.parameters["odpsServer"], "http://127.0.0.1:8083/api");
    EXPECT_EQ(parsed.job->writer.parameters["tunnelServer"], "http://127.0.0.1:8084");
    EXPECT_EQ(parsed.job->writer.parameters["schema"], "s");
    EXPECT_EQ(parsed.job->writer.secret("accessKey").reveal(), "canary-odps-key");
}

TEST(SourcesTest, UnsetEnvironmentIsAnErrorOnlyWhereItIsUsed) {
    EXPECT_EQ(places_of(with_sources("OTS_KEY", "NO_KEY").findings, "undefined-environment").size(),
              1u);
    EXPECT_TRUE(with_sources("\"canary-search-key\"", "\"${env:NO_KEY}\"").job);
}

TEST(SourcesTest, MissingAndBlankKeysAreErrors) {
    EXPECT_EQ(
        places_of(with_sources("\"accessId\": \"oss-id\", ", "").findings, "missing-parameter")
            .size(),
        1u);
    EXPECT_EQ(places_of(with_sources("\"oss-id\"", "\"\"").findings, "blank-parameter").size(), 1u);
}

TEST(SourcesTest, ABrokenFileIsReportedOnce) {
    const ParsedJob parsed = with_sources("\"ots-id\",", "\"ots-id\"");
    EXPECT_EQ(places_of(parsed.findings, "missing-comma").size(), 1u);
    EXPECT_EQ(text_of(parsed.findings).find("unknown-datasource"), std::string::npos);
}

class MapFiles final : public FileSystem {
  public:
    std::map<std::string, std::string> files;
    Status make_folders(const std::string&) override { return {}; }
    Result<std::string> read(const std::string& path) override {
        const auto found = files.find(path);
        if (found == files.end()) return Status(Code::kNotFound, "cannot read " + path);
        return found->second;
    }
    Status write_atomically(const std::string& path, std::string_view content) override {
        files[path] = content;
        return {};
    }
    Status append(const std::string&, std::string_view) override { return {}; }
    Status remove(const std::string&) override { return {}; }
    Result<std::vector<std::string>> list(const std::string&) override {
        return std::vector<std::string>();
    }
    Result<std::unique_ptr<FileLock>> lock(const std::string&, std::string_view) override {
        return fatal_error("no locks");
    }
};

TEST(SourcesTest, PlacesAreTriedInOrder) {
    MapFiles files;
    EXPECT_FALSE((*find_sources(files, {"", "/cfg", "/home/me"})).has_value());
    files.files["/home/me/.config/millrace/sources.json"] = "home";
    files.files["/cfg/millrace/sources.json"] = "config";
    EXPECT_EQ((*find_sources(files, {"", "", "/home/me"}))->text, "home");
    EXPECT_EQ((*find_sources(files, {"", "/cfg", "/home/me"}))->text, "config");
    files.files["./sources.json"] = "here";
    EXPECT_EQ((*find_sources(files, {"", "/cfg", "/home/me"}))->text, "here");
    EXPECT_FALSE(find_sources(files, {"given.json", "/cfg", "/home/me"}).ok());
    files.files["given.json"] = "given";
    EXPECT_EQ((*find_sources(files, {"given.json", "/cfg", "/home/me"}))->text, "given");
}

}  // namespace
}  // namespace millrace
