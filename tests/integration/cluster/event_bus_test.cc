#include "common/bus/kafka/event_bus.h"

#include <condition_variable>

#include "common/bus/kafka/messages.h"
#include "millrace.pb.h"
#include "tests/integration/cluster/kafka_fixture.h"

namespace millrace::kafka {
namespace {

// Collects what a reader gives.
class Inbox {
  public:
    EventReader::Take take() {
        return [this](const wire::Event& event) {
            const std::lock_guard lock(mutex_);
            events_.push_back(event);
            came_.notify_all();
        };
    }
    // When `count` are there, or too much time has passed.
    std::vector<wire::Event> wait(size_t count) {
        std::unique_lock lock(mutex_);
        came_.wait_for(lock, 20s, [&] { return events_.size() >= count; });
        return events_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<wire::Event> events_;
};

class EventBusTest : public KafkaTest {
  protected:
    std::unique_ptr<EventReader> read(Inbox& inbox) {
        auto reader = EventReader::create(cluster_, inbox.take());
        EXPECT_TRUE(reader.ok()) << reader.status().text();
        return reader.ok() ? *std::move(reader) : nullptr;
    }
};

TEST_F(EventBusTest, EveryCoordinatorHearsAllFromNowOn) {
    EventSender sender(cluster_, *producer_);
    const std::string past = encode(wire::Event());
    ASSERT_TRUE(producer_->send_and_wait(cluster_.events(), "past", past).ok());
    Inbox first, second;
    const auto one = read(first), two = read(second);
    for (int n = 0; n < 20; ++n) {
        EXPECT_TRUE(sender.publish({RunId("run-" + std::to_string(n)), ItemId("item"), {}}).ok());
    }
    for (Inbox* inbox : {&first, &second}) {
        std::set<std::string> runs;
        for (const wire::Event& event : inbox->wait(20)) {
            runs.insert(event.run());
            EXPECT_EQ(event.schema(), kSchema);
            EXPECT_EQ(event.item(), "item");
            EXPECT_TRUE(event.has_changed());
        }
        EXPECT_EQ(runs.size(), 20u);
    }
    EXPECT_EQ(one->counts().received, 20u);
    EXPECT_EQ(sender.poll(0s).status().code(), Code::kFatal);
}

TEST_F(EventBusTest, LinesOfARunStayInOrder) {
    EventSender sender(cluster_, *producer_);
    Inbox inbox;
    const auto reader = read(inbox);
    wire::Event event;
    event.set_run("run-1");
    for (int n = 0; n < 200; ++n) {
        event.mutable_log()->set_text(std::to_string(n));
        sender.send(event);
    }
    const auto events = inbox.wait(200);
    ASSERT_EQ(events.size(), 200u);
    for (size_t n = 0; n < 200; ++n) EXPECT_EQ(events[n].log().text(), std::to_string(n));
}

TEST_F(EventBusTest, AWorkerTellsOfItself) {
    EventSender sender(cluster_, *producer_);
    Inbox inbox;
    const auto reader = read(inbox);
    wire::Event event;
    event.mutable_worker()->set_id("worker-1");
    event.mutable_worker()->add_labels("north");
    event.mutable_worker()->set_leaving(true);
    sender.send(event);
    const auto events = inbox.wait(1);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].worker().id(), "worker-1");
    EXPECT_EQ(events[0].worker().labels(0), "north");
    EXPECT_TRUE(events[0].worker().leaving());
}

TEST_F(EventBusTest, NewerAndBrokenOnesAreCountedAndPassedOver) {
    Inbox inbox;
    const auto reader = read(inbox);
    wire::Event newer;
    newer.set_schema(kSchema + 1);
    const std::string values[] = {newer.SerializeAsString(), "\xff", encode(wire::Event())};
    for (const std::string& value : values) {
        ASSERT_TRUE(producer_->send_and_wait(cluster_.events(), "key", value).ok());
    }
    EXPECT_EQ(inbox.wait(1).size(), 1u);
    const EventCounts counts = reader->counts();
    EXPECT_EQ(counts.received, 1u);
    EXPECT_EQ(counts.newer, 1u);
    EXPECT_EQ(counts.malformed, 1u);
}

}  // namespace
}  // namespace millrace::kafka
