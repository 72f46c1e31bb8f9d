// The scripts of docs/examples and deploy/demo are read without a warning; those of docs/examples
// are named in docs/jobs.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "common/config/job_pages.h"
#include "tests/unit/common/config/job_text.h"

namespace millrace {
namespace {

std::string read_whole(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// Paths below the sources, without those of data sources.
std::vector<std::string> scripts_of(const std::string& folder) {
    std::vector<std::string> paths;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(MILLRACE_SOURCE_DIR) + "/" + folder)) {
        const std::string name = entry.path().filename();
        if (name != "sources.json" && name.ends_with(".json")) paths.push_back(folder + "/" + name);
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

bool is_streamed(const std::string& path) {
    return path.find("/stream-") != std::string::npos;
}

ParsedJob parse_script(const std::string& path) {
    const std::filesystem::path whole = std::filesystem::path(MILLRACE_SOURCE_DIR) / path;
    JobRequest request = request_of(read_whole(whole));
    request.sources = SourcesText{"sources.json", read_whole(whole.parent_path() / "sources.json")};
    request.environment = [](std::string_view) { return std::optional<std::string>("http://a"); };
    if (is_streamed(path)) {
        request.variables = {{"start_time", "20171107143000"}, {"end_time", "20171107144000"}};
    }
    return parse_job(request);
}

std::string test_name(const testing::TestParamInfo<std::string>& test) {
    std::string name = std::filesystem::path(test.param).stem();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

class ExampleTest : public testing::TestWithParam<std::string> {};

TEST_P(ExampleTest, IsReadWithoutWarning) {
    const ParsedJob parsed = parse_script(GetParam());
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    for (const Finding& finding : parsed.findings) {
        EXPECT_EQ(finding.severity, Severity::kNote) << to_text(finding);
    }
    EXPECT_EQ(parsed.job->window.has_value(), is_streamed(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Docs, ExampleTest, testing::ValuesIn(scripts_of("docs/examples")),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Demo, ExampleTest, testing::ValuesIn(scripts_of("deploy/demo")),
                         test_name);

TEST(ExamplesTest, EveryPluginHasOneAndTheDocumentsNameAll) {
    std::set<std::string> seen;
    for (const std::string& path : scripts_of("docs/examples")) {
        const ParsedJob parsed = parse_script(path);
        ASSERT_TRUE(parsed.job) << path;
        seen.insert("reader " + parsed.job->reader.plugin);
        seen.insert("writer " + parsed.job->writer.plugin);
        EXPECT_NE(jobs_page().find("(" + path.substr(path.find('/') + 1) + ")"), std::string::npos)
            << path;
    }
    for (const Plugin& plugin : all_plugins()) {
        const char* side = plugin.side == Side::kReader ? "reader " : "writer ";
        EXPECT_TRUE(seen.contains(side + std::string(plugin.name))) << side << plugin.name;
    }
}

}  // namespace
}  // namespace millrace
