#include "common/config/opensearch_application.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

OpenSearchWriterConfig config() {
    OpenSearchWriterConfig made;
    made.app = "app";
    made.table = "main";
    made.columns = {"id", "name"};
    return made;
}

RecordShape source(std::vector<ShapeColumn> key = {{"uid"}}) {
    return {.key = std::move(key), .columns = {{"uid"}, {"name"}}};
}

opensearch::AppInfo app(opensearch::Edition edition, const std::string& key_field) {
    return {.id = "1", .name = "app", .edition = edition, .tables = {{"main", key_field}}};
}

constexpr auto kAdvanced = opensearch::Edition::kAdvanced;
constexpr auto kStandard = opensearch::Edition::kStandard;

TEST(OpenSearchApplicationTest, AnApplicationThatTellsNothingFits) {
    const auto fit = fit_application(config(), source(), {});
    ASSERT_TRUE(fit.ok()) << fit.status().text();
    EXPECT_TRUE(fit->timestamps);
    EXPECT_EQ(fit->key_column, size_t{0});
    EXPECT_EQ(fit->key_of_source, size_t{0});
}

TEST(OpenSearchApplicationTest, TheEditionDecidesTimestampsUnlessTheJobDoes) {
    EXPECT_TRUE(fit_application(config(), source(), app(kAdvanced, "id"))->timestamps);
    EXPECT_FALSE(fit_application(config(), source(), app(kStandard, "id"))->timestamps);
    OpenSearchWriterConfig with = config();
    with.timestamps = DocumentTimestamps::kOff;
    EXPECT_FALSE(fit_application(with, source(), app(kAdvanced, "id"))->timestamps);
    with.timestamps = DocumentTimestamps::kOn;
    EXPECT_TRUE(fit_application(with, source(), app(kAdvanced, "id"))->timestamps);
    EXPECT_EQ(fit_application(with, source(), app(kStandard, "id")).status().code(), Code::kConfig);
}

TEST(OpenSearchApplicationTest, TheKeyFieldIsToldOrTheOnlyKeyColumn) {
    const RecordShape two = source({{"shop"}, {"uid"}});
    const auto one_of_two = fit_application(config(), two, {});
    EXPECT_EQ(one_of_two->key_of_source, size_t{1});
    RecordShape both = two;
    both.columns = {{"uid"}, {"shop"}};
    EXPECT_EQ(fit_application(config(), both, {}).status().code(), Code::kConfig);
    EXPECT_EQ(fit_application(config(), both, app(kAdvanced, "name"))->key_column, size_t{1});
    EXPECT_EQ(fit_application(config(), both, app(kAdvanced, "other")).status().code(),
              Code::kConfig);
    const auto not_a_key = fit_application(config(), source(), app(kAdvanced, "name"));
    EXPECT_EQ(not_a_key.status().code(), Code::kConfig);
}

TEST(OpenSearchApplicationTest, SourcesWithoutKeysHaveTheKeyAmongTheirColumns) {
    const auto told = fit_application(config(), source({}), app(kAdvanced, "name"));
    EXPECT_EQ(told->key_column, size_t{1});
    EXPECT_EQ(told->key_of_source, std::nullopt);
    const auto untold = fit_application(config(), source({}), {});
    EXPECT_EQ(untold->key_column, std::nullopt);
}

}  // namespace
}  // namespace millrace
