#include "common/metrics/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "common/metrics/names.h"
#include "common/metrics/page.h"
#include "common/metrics/retry_counter.h"

namespace millrace {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string file_text(const std::string& path) {
    std::ifstream file(std::string(MILLRACE_SOURCE_DIR) + "/" + path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(RegistryTest, CountsUnderItsLabels) {
    Registry registry;
    Counter records = registry.counter(metric::kRecords, {"otsstream", "oss"});
    records.add(41);
    registry.counter(metric::kRecords, {"otsstream", "oss"}).add();
    registry.gauge(metric::kLeasesHeld).set(3);
    registry.histogram(metric::kCheckpoint).observe(0.003);
    const std::string text = registry.text();
    EXPECT_THAT(text, HasSubstr("# TYPE millrace_records_total counter"));
    EXPECT_THAT(text,
                HasSubstr("millrace_records_total{source=\"otsstream\",target=\"oss\"} 42\n"));
    EXPECT_THAT(text, HasSubstr("millrace_leases_held 3\n"));
    EXPECT_THAT(text, HasSubstr("millrace_checkpoint_seconds_bucket{le=\"0.005\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("millrace_checkpoint_seconds_count 1\n"));
}

TEST(RegistryTest, HandlesWithoutARegistryDoNothing) {
    Counter().add();
    Gauge().set(1);
    Histogram().observe(1);
    EXPECT_FALSE(Histogram().wanted());
}

TEST(RegistryTest, TooManyValuesOfALabelAreOneOther) {
    Registry registry;
    for (size_t i = 0; i < Registry::kLabelValuesMax + 10; ++i)
        registry.counter(metric::kRetries, {"E" + std::to_string(i)}).add();
    registry.counter(metric::kRetries, {"E0"}).add();
    const std::string text = registry.text();
    EXPECT_THAT(text, HasSubstr("{code=\"E0\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("{code=\"other\"} 10\n"));
    EXPECT_THAT(text, Not(HasSubstr("E64")));
}

TEST(RegistryTest, AWholeGaugeIsReplaced) {
    Registry registry;
    registry.set_all(metric::kShardLag, {{{"t", "a"}, 9}, {{"t", "b"}, 1}});
    registry.set_all(metric::kShardLag, {{{"t", "b"}, 2}});
    EXPECT_THAT(registry.text(), HasSubstr("{shard=\"b\",task=\"t\"} 2\n"));
    EXPECT_THAT(registry.text(), Not(HasSubstr("shard=\"a\"")));
    std::vector<Registry::Sample> many;
    for (int i = 0; i < 100; ++i)
        many.push_back({{"t", "s" + std::to_string(i)}, static_cast<double>(1000 - i)});
    registry.set_all(metric::kShardLag, many);
    const std::string text = registry.text();
    EXPECT_THAT(text, HasSubstr("{shard=\"s63\",task=\"t\"} 937\n"));
    EXPECT_THAT(text, HasSubstr("{shard=\"other\",task=\"other\"} 936\n"));
    EXPECT_THAT(text, Not(HasSubstr("s64")));
    registry.set_all(metric::kShardLag, {});
    EXPECT_THAT(registry.text(), Not(HasSubstr("shard=")));
}

TEST(RegistryTest, IsBroughtUpToDateForItsText) {
    Registry registry;
    int asked = 0;
    registry.before_text([&] { registry.gauge(metric::kWorkers).set(++asked); });
    EXPECT_THAT(registry.text(), HasSubstr("millrace_workers 1\n"));
    EXPECT_THAT(registry.text(), HasSubstr("millrace_workers 2\n"));
}

TEST(RegistryTest, FollowsTotalsThatAreKeptElsewhere) {
    Registry registry;
    uint64_t total = 5;
    registry.follow(metric::kRebuilds, {}, [&] { return total; });
    EXPECT_THAT(registry.text(), HasSubstr("millrace_rebuilds_total 5\n"));
    EXPECT_THAT(registry.text(), HasSubstr("millrace_rebuilds_total 5\n"));
    total = 7;
    EXPECT_THAT(registry.text(), HasSubstr("millrace_rebuilds_total 7\n"));
    total = 1;
    EXPECT_THAT(registry.text(), HasSubstr("millrace_rebuilds_total 8\n"));
}

TEST(RegistryTest, RetriesAreCountedByTheServicesWord) {
    Registry registry;
    RetryCounter retries(registry);
    retries.retried(Status(Code::kThrottled, "slow down").with_service_code("OTSQuotaExhausted"));
    retries.retried(Status(Code::kUnreachable, "no route"));
    EXPECT_THAT(registry.text(), HasSubstr("{code=\"OTSQuotaExhausted\"} 1\n"));
    EXPECT_THAT(registry.text(),
                HasSubstr("{code=\"" + std::string(name_of(Code::kUnreachable)) + "\"} 1\n"));
}

TEST(MetricNamesTest, AllAreListedOnceAndNamedAsTheyShould) {
    const std::string header = file_text("common/metrics/names.h");
    const std::regex one("inline constexpr Metric k");
    EXPECT_EQ(std::distance(std::sregex_iterator(header.begin(), header.end(), one), {}),
              static_cast<ptrdiff_t>(metric::all().size()));
    std::set<std::string_view> names;
    for (const Metric* metric : metric::all()) {
        EXPECT_TRUE(names.insert(metric->name).second) << metric->name;
        EXPECT_TRUE(std::regex_match(std::string(metric->name), std::regex("millrace_[a-z_]+")));
        EXPECT_EQ(metric->name.ends_with("_total"), metric->type == MetricType::kCounter)
            << metric->name;
        EXPECT_TRUE(metric->type != MetricType::kHistogram || metric->name.ends_with("_seconds"))
            << metric->name;
        EXPECT_TRUE(metric->meaning.ends_with(".")) << metric->name;
    }
}

TEST(MetricNamesTest, TheCommittedPageIsTheTable) {
    EXPECT_EQ(file_text("docs/metrics.md"), metrics_page())
        << "run: millrace docs metrics > docs/metrics.md";
}

}  // namespace
}  // namespace millrace
