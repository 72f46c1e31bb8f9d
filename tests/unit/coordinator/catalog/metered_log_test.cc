#include "coordinator/catalog/metered_log.h"

#include <gmock/gmock.h>

#include "common/base/fakes/fake_clock.h"

namespace millrace {
namespace {

struct SlowLog final : CatalogLog {
    explicit SlowLog(Clock& given) : clock(given) {}
    Status open(const std::function<Status(CatalogRecord)>& take) override {
        return take({"key", "value"});
    }
    Status append(std::span<const CatalogRecord> records) override {
        (void)clock.sleep(std::chrono::milliseconds(30), {});
        return records.empty() ? fatal_error("nothing to append") : Status();
    }
    Clock& clock;
};

TEST(MeteredLogTest, MeasuresEveryAppendAndChangesNothing) {
    FakeClock clock;
    Registry registry;
    SlowLog slow(clock);
    MeteredLog log(slow, registry, clock);
    std::string opened;
    EXPECT_TRUE(log.open([&](CatalogRecord record) {
                       opened = record.key;
                       return Status();
                   })
                    .ok());
    EXPECT_EQ(opened, "key");
    const CatalogRecord record{"a", "b"};
    EXPECT_TRUE(log.append(std::span(&record, 1)).ok());
    EXPECT_EQ(log.append({}).code(), Code::kFatal);
    EXPECT_THAT(registry.text(),
                testing::AllOf(
                    testing::HasSubstr("millrace_catalog_append_seconds_bucket{le=\"0.02\"} 0\n"),
                    testing::HasSubstr("millrace_catalog_append_seconds_bucket{le=\"0.05\"} 2\n")));
}

}  // namespace
}  // namespace millrace
