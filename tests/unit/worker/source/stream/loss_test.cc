// What the reader does when the stream has forgotten records.
#include <gtest/gtest.h>

#include "common/base/fakes/fake_random.h"
#include "tests/unit/worker/source/stream/fake_shard.h"
#include "worker/source/stream/reader.h"

namespace millrace {
namespace {

constexpr int64_t kStart = 1'700'000'000'000;
constexpr int64_t kEnd = kStart + 60'000;

class StreamLoss : public ::testing::Test {
  protected:
    StreamLoss() {
        for (int n = 0; n < 9; ++n) {
            const Sequence sequence{1, (kStart + n * 1000) * 1000, static_cast<uint32_t>(n)};
            shard_.records.push_back(test::put_record(sequence, "k", "v"));
        }
        config_.shard = ShardId("shard-1");
        config_.window = {from_millis(kStart), from_millis(kEnd)};
        config_.rows = {.columns = {"c"}, .key_names = {"pk"}};
        config_.corrupt_retries_max = 3;
        start_.place.iterator = "i1";
    }
    // The number of records, or the failure.
    Result<int> read(HttpClient& http) {
        CallContext context{http, clock_, random_, {}, {}};
        tablestore::Client client(context, test::FakeShard::config());
        StreamSource source(client, clock_, {}, config_, start_, {});
        Change change;
        for (int read = 0;; ++read) {
            MILLRACE_ASSIGN(const bool more, source.next(change));
            if (more) continue;
            MILLRACE_ASSIGN(end_, parse_position(source.end().position));
            return read;
        }
    }

    FakeClock clock_{from_millis(kEnd + 61'000)};
    FakeRandom random_;
    test::FakeShard shard_{clock_};
    StreamSourceConfig config_;
    ItemStart start_;
    Position end_;
};

TEST_F(StreamLoss, ThatReachesToTheWindowsEndIsNamedToThere) {
    shard_.trimmed = shard_.records.size();
    start_.accept_loss = true;
    const Result<int> read_records = read(shard_.http());
    ASSERT_TRUE(read_records.ok()) << read_records.status().text();
    EXPECT_EQ(*read_records, 0);
    EXPECT_EQ(end_.losses, (std::vector<Loss>{{kStart, kEnd}}));
}

TEST_F(StreamLoss, TheOldestTimeIsToldAlsoWhenEmptyPagesComeFirst) {
    shard_.trimmed = 5;
    shard_.empty_pages = 3;
    const Status status = read(shard_.http()).status();
    EXPECT_EQ(status.service_code(), "OTSTrimmedDataAccess");
    EXPECT_NE(status.text().find("to " + to_iso8601(from_millis(kStart + 5000))), std::string::npos)
        << status.text();
}

// The records go faster than they can be read: not tried for ever, and one loss, not many.
TEST_F(StreamLoss, OfEverythingEndsTheTries) {
    start_.accept_loss = true;
    shard_.trimmed = 5;
    size_t refusals = 0;
    size_t refusals_max = 3;
    FakeHttp http([&](const HttpRequest& request) {
        if (request.url.ends_with("GetStreamRecord") && refusals++ < refusals_max) {
            return Result<HttpAnswer>(shard_.trimmed_answer());
        }
        const auto ticket = shard_.http().submit({.url = request.url, .body = request.body});
        return shard_.http().wait(ticket);
    });
    EXPECT_EQ(*read(http), 4);
    EXPECT_EQ(end_.losses, (std::vector<Loss>{{kStart, kStart + 5000}}));

    refusals = 0;
    refusals_max = 1'000'000;
    EXPECT_EQ(read(http).status().service_code(), "OTSTrimmedDataAccess");
    EXPECT_LT(refusals, 10u);
}

}  // namespace
}  // namespace millrace
