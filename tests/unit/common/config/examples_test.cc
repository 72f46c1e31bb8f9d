// The scripts of docs/examples: each is read without a warning, and each is named in docs/jobs.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "common/config/job_pages.h"
#include "tests/unit/common/config/job_text.h"

namespace millrace {
namespace {

const std::string kFolder = std::string(MILLRACE_SOURCE_DIR) + "/docs/examples/";

std::string read_whole(const std::string& name) {
    std::ifstream file(kFolder + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string> examples() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
        const std::string name = entry.path().filename();
        if (name != "sources.json" && name.ends_with(".json")) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

ParsedJob parse_example(const std::string& name) {
    JobRequest request = request_of(read_whole(name));
    request.sources = SourcesText{"sources.json", read_whole("sources.json")};
    request.environment = [](std::string_view) { return std::optional<std::string>("value"); };
    if (name.starts_with("stream-")) {
        request.variables = {{"start_time", "20171107143000"}, {"end_time", "20171107144000"}};
    }
    return parse_job(request);
}

class ExampleTest : public testing::TestWithParam<std::string> {};

TEST_P(ExampleTest, IsReadWithoutWarning) {
    const ParsedJob parsed = parse_example(GetParam());
    ASSERT_TRUE(parsed.job) << text_of(parsed.findings);
    for (const Finding& finding : parsed.findings) {
        EXPECT_EQ(finding.severity, Severity::kNote) << to_text(finding);
    }
    EXPECT_EQ(parsed.job->window.has_value(), GetParam().starts_with("stream-"));
    EXPECT_NE(jobs_page().find("(examples/" + GetParam() + ")"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(All, ExampleTest, testing::ValuesIn(examples()), [](const auto& test) {
    std::string name = test.param.substr(0, test.param.find('.'));
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(ExamplesTest, EveryPluginHasOne) {
    std::set<std::string> seen;
    for (const std::string& name : examples()) {
        const ParsedJob parsed = parse_example(name);
        ASSERT_TRUE(parsed.job) << name;
        seen.insert("reader " + parsed.job->reader.plugin);
        seen.insert("writer " + parsed.job->writer.plugin);
    }
    for (const Plugin& plugin : all_plugins()) {
        const char* side = plugin.side == Side::kReader ? "reader " : "writer ";
        EXPECT_TRUE(seen.contains(side + std::string(plugin.name))) << side << plugin.name;
    }
}

}  // namespace
}  // namespace millrace
