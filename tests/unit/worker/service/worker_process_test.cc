#include "worker/service/worker_process.h"

#include <gmock/gmock.h>

#include <random>

#include "common/net/curl_client.h"
#include "tests/unit/support/worker_cluster.h"

namespace millrace {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kPatience = seconds(60);  // a test that waits so long has failed

std::string lines(uint64_t seed, size_t bytes) {
    std::mt19937_64 random(seed);
    std::string text;
    while (text.size() < bytes) {
        text += std::to_string(random()) + "," + std::string(random() % 900, 'x') + "\n";
    }
    return text;
}

std::vector<std::string> sorted_lines(const std::string& text) {
    std::vector<std::string> all;
    for (size_t begin = 0; begin < text.size();) {
        const size_t end = text.find('\n', begin) + 1;
        all.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    std::sort(all.begin(), all.end());
    return all;
}

// Counts events and lets somebody wait for the next so many.
class Tally {
  public:
    void count() {
        const std::lock_guard lock(mutex_);
        ++count_;
        counted_.notify_all();
    }
    bool wait_for(int more) {
        std::unique_lock lock(mutex_);
        const int wanted = count_ + more;
        return counted_.wait_for(lock, kPatience, [&] { return count_ >= wanted; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable counted_;
    int count_ = 0;
};

class WorkerProcessTest : public WorkerCluster {
  protected:
    // Objects to carry, of some checkpoints each; what must come out.
    std::vector<std::string> fill(int objects, size_t bytes) {
        std::string all;
        for (int i = 0; i < objects; ++i) {
            const std::string text = lines(static_cast<uint64_t>(i), bytes);
            put("in/" + std::to_string(i) + ".csv", text);
            all += text;
        }
        return sorted_lines(all);
    }
    HttpAnswer get(const Worker& worker, const std::string& path) {
        CurlClient http(clock_);
        HttpRequest request;
        request.method = Method::kGet;
        request.url = worker.process->url() + path;
        auto answer = http.wait(http.submit(std::move(request)));
        EXPECT_TRUE(answer.ok()) << answer.status().text();
        return answer.ok() ? *std::move(answer) : HttpAnswer();
    }
    std::string metrics(const Worker& worker) {
        return std::string(get(worker, "/metrics").body.view());
    }
};

TEST_F(WorkerProcessTest, TwoWorkersCarryARun) {
    const auto expected = fill(6, 300'000);
    const Worker one(*this, config_), two(*this, config_);
    ASSERT_TRUE(coordinate(script(4)).ok());
    EXPECT_EQ(sorted_lines(rows("out/t__")), expected);
    EXPECT_THAT(metrics(one) + metrics(two),
                HasSubstr(R"(millrace_items_ended_total{end="written"})"));
    EXPECT_THAT(metrics(one), HasSubstr(R"(millrace_slots{state="free"} 2)"));
}

// Workers come and go while the run goes on, each drained in the midst of its items.
TEST_F(WorkerProcessTest, DrainsUnderLoadLoseNothingAndCostNoAttempt) {
    const auto expected = fill(6, 700'000);
    Tally puts;
    on_request_ = [&](Worker&, const HttpRequest& request) {
        if (request.method == Method::kPut) puts.count();
    };
    auto done = coordinate_aside(4, 1);  // 4 s of work, so that there is some in every round
    for (int i = 0; i < 5; ++i) {
        Worker worker(*this, config_);
        ASSERT_TRUE(puts.wait_for(4));
        EXPECT_TRUE(worker.process->drain());
        EXPECT_EQ(get(worker, "/readyz").status, 503);
        EXPECT_EQ(get(worker, "/healthz").status, 200);
        for (const ItemView& item : *live_.items(last_)) {
            EXPECT_NE(item.state, ItemState::kClaimed);
            EXPECT_EQ(item.attempts, 0);
        }
    }
    const Worker last(*this, config_);
    ASSERT_EQ(done.wait_for(kPatience), std::future_status::ready);
    const Status status = done.get();
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(sorted_lines(rows("out/t__")), expected);
}

// Its lease runs out while it stands still; another one finishes, and the run is committed.
TEST_F(WorkerProcessTest, AFrozenWorkerWritesNothingAfterwards) {
    const auto expected = fill(1, 700'000);
    config_.worker.slots = 1;
    config_.lease = {milliseconds(400), milliseconds(100), milliseconds(50)};
    Tally frozen;
    Worker* first = nullptr;
    int puts = 0;
    on_request_ = [&](Worker& worker, const HttpRequest& request) {
        // In the midst of the object: its second part was stored.
        if (&worker != first || request.method != Method::kPut || ++puts != 2) return;
        worker.passage.freeze();
        frozen.count();
    };
    auto made = std::make_unique<Worker>(*this, config_);
    first = made.get();
    auto done = coordinate_aside(1);
    ASSERT_TRUE(frozen.wait_for(1) || puts >= 2);
    const Worker second(*this, config_);
    ASSERT_EQ(done.wait_for(kPatience), std::future_status::ready);
    const Status status = done.get();
    ASSERT_TRUE(status.ok()) << status.text();
    const auto before = rows("out/t__");
    EXPECT_EQ(sorted_lines(before), expected);
    const int puts_before = puts;
    first->passage.thaw();
    first->process->drain();
    EXPECT_EQ(puts, puts_before);
    EXPECT_EQ(rows("out/t__"), before);
    EXPECT_THAT(metrics(*first), Not(HasSubstr("millrace_writes_fenced_total 0\n")));
    EXPECT_THAT(metrics(*first), HasSubstr(R"(millrace_items_ended_total{end="lost"} 1)"));
}

TEST_F(WorkerProcessTest, ItSaysHowItIs) {
    config_.worker.labels = {"north"};
    Worker worker(*this, config_);
    EXPECT_EQ(get(worker, "/healthz").status, 200);
    EXPECT_EQ(get(worker, "/nowhere").status, 404);
    EXPECT_TRUE(worker.process->drain());
    const auto events = told();
    ASSERT_GE(events.size(), 2u);
    const wire::WorkerState& first = events.front().worker();
    EXPECT_EQ(first.id(), worker.process->id());
    EXPECT_EQ(first.slots(), 2u);
    EXPECT_EQ(first.labels(0), "north");
    EXPECT_EQ(first.metrics_url(), worker.process->url() + "/metrics");
    EXPECT_FALSE(first.leaving());
    EXPECT_TRUE(events.back().worker().leaving());
}

TEST_F(WorkerProcessTest, ALostLedgerMakesItUnready) {
    server_.lose();
    // The package of no run is answered by this test's store, which asks nobody.
    struct Lost final : ForwardedLiveStore {
        explicit Lost(LiveStore& store) : store_(store) {}
        LiveStore& inner() override { return store_; }
        Status around(const char*, const std::function<Status()>& call) override { return call(); }
        LiveStore& store_;
    } store(live_);
    Registry registry;
    WorkerEvents events([](const wire::Event&) {}, clock_, registry);
    auto process =
        WorkerProcess::create(config_, {store, work_, [] { return Status(); }, events, quarantine_,
                                        http_, clock_, random_, registry, key_, "host", "version"});
    ASSERT_TRUE(process.ok());
    EXPECT_EQ((*process)->ready().code(), Code::kLedgerLost);
    EXPECT_TRUE((*process)->alive().ok());
}

}  // namespace
}  // namespace millrace
