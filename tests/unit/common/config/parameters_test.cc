#include "common/config/parameters.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "common/config/job_pages.h"
#include "common/config/nearest.h"

namespace millrace {
namespace {

constexpr Owner kOwners[] = {Owner::kSetting,
                             Owner::kOtsStreamReader,
                             Owner::kOssWriter,
                             Owner::kElasticsearchWriter,
                             Owner::kElasticsearchColumn,
                             Owner::kOtsReader,
                             Owner::kOssReader,
                             Owner::kOdpsReader,
                             Owner::kOpenSearchWriter,
                             Owner::kOdpsWriter,
                             Owner::kOtsWriter,
                             Owner::kOpenSearchSource,
                             Owner::kOdpsSource,
                             Owner::kOtsSource,
                             Owner::kOssSource,
                             Owner::kElasticsearchSource};

TEST(ParametersTest, EveryNameAndAliasIsThereOnceAndSaysSomething) {
    for (const Owner owner : kOwners) {
        std::set<std::string> seen;
        for (const std::string& name : parameter_names(owner))
            EXPECT_TRUE(seen.insert(name).second) << name;
        for (const Parameter& parameter : parameters_of(owner)) {
            EXPECT_FALSE(parameter.sentence.empty()) << parameter.name;
            EXPECT_FALSE(parameter.required && !parameter.fallback.empty()) << parameter.name;
        }
    }
}

TEST(ParametersTest, FallbacksAndSamplesAreJsonWithinTheChoices) {
    for (const Owner owner : kOwners) {
        for (const Parameter& parameter : parameters_of(owner)) {
            for (const std::string_view text : {parameter.fallback, parameter.sample}) {
                if (text.empty()) continue;
                EXPECT_TRUE(nlohmann::json::accept(text)) << parameter.name;
            }
            if (parameter.sample.empty() || parameter.choices.empty()) continue;
            const std::string sample = nlohmann::json::parse(parameter.sample);
            EXPECT_NE(parameter.choices.find(sample), std::string_view::npos) << parameter.name;
        }
    }
}

TEST(ParametersTest, WhateverSoundsSecretIsSecret) {
    for (const Owner owner : kOwners) {
        for (const Parameter& parameter : parameters_of(owner)) {
            EXPECT_EQ(is_secret_name(parameter.name), parameter.secret) << parameter.name;
        }
    }
    EXPECT_TRUE(is_secret_name("AccessKeySecret"));
    EXPECT_TRUE(is_secret_name("*access_key"));
    EXPECT_FALSE(is_secret_name("accessId"));
}

TEST(ParametersTest, PluginsAreFoundByAllTheirNames) {
    EXPECT_EQ(find_plugin(Side::kReader, "otsstreamreader"),
              find_plugin(Side::kReader, "otsstream"));
    EXPECT_EQ(find_plugin(Side::kWriter, "OSSWriter"), find_plugin(Side::kWriter, "oss"));
    EXPECT_TRUE(find_plugin(Side::kReader, "otsreader")->built);
    for (const char* name : {"oss", "ossreader", "odps", "odpsreader"}) {
        ASSERT_NE(find_plugin(Side::kReader, name), nullptr) << name;
        EXPECT_TRUE(find_plugin(Side::kReader, name)->built) << name;
    }
    for (const char* name :
         {"opensearch", "opensearchwriter", "odps", "odpswriter", "ots", "otswriter"}) {
        ASSERT_NE(find_plugin(Side::kWriter, name), nullptr) << name;
        EXPECT_TRUE(find_plugin(Side::kWriter, name)->built) << name;
    }
    EXPECT_EQ(find_plugin(Side::kWriter, "mysqlwriter"), nullptr);
}

TEST(NearestTest, FindsSlipsOfThePen) {
    EXPECT_EQ(nearest_name("start_time", {"end_time", "startTime"}), "startTime");
    EXPECT_EQ(nearest_name("dataTabel", {"statusTable", "dataTable"}), "dataTable");
    EXPECT_EQ(nearest_name("bucket", {"column", "object"}), "");
    EXPECT_EQ(nearest_name("", {"a"}), "");
    EXPECT_EQ(nearest_name(std::string(10'000, 'x'), {"a"}), "");
}

TEST(JobPagesTest, TheCommittedPageIsTheTable) {
    std::ifstream file(std::string(MILLRACE_SOURCE_DIR) + "/docs/jobs.md");
    ASSERT_TRUE(file) << "docs/jobs.md is missing";
    std::stringstream page;
    page << file.rdbuf();
    EXPECT_EQ(page.str(), jobs_page()) << "run: millrace docs > docs/jobs.md";
}

}  // namespace
}  // namespace millrace
