#include "common/bus/memory_bus.h"

#include <gtest/gtest.h>

#include <thread>

namespace millrace {
namespace {

Doorbell bell(int number) {
    return {RunId("r"), ItemId("r/" + std::to_string(number))};
}

TEST(MemoryBusTest, DoorbellsComeInOrder) {
    MemoryBus bus;
    ASSERT_TRUE(bus.publish(bell(1)).ok());
    ASSERT_TRUE(bus.publish(bell(2)).ok());
    EXPECT_EQ(*bus.poll(Duration(0)), bell(1));
    EXPECT_EQ(*bus.poll(Duration(0)), bell(2));
    EXPECT_EQ(*bus.poll(Duration(0)), std::nullopt);
}

TEST(MemoryBusTest, AFullQueueDropsTheNewOne) {
    MemoryBus bus(2);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(bus.publish(bell(i)).ok());
    EXPECT_EQ(bus.dropped(), 3U);
    EXPECT_EQ(*bus.poll(Duration(0)), bell(0));
    EXPECT_EQ(*bus.poll(Duration(0)), bell(1));
    EXPECT_EQ(*bus.poll(Duration(0)), std::nullopt);
}

TEST(MemoryBusTest, APublisherWakesAPoller) {
    MemoryBus bus;
    std::optional<Doorbell> got;
    std::thread poller([&] { got = *bus.poll(std::chrono::minutes(1)); });
    ASSERT_TRUE(bus.publish(bell(7)).ok());
    poller.join();
    EXPECT_EQ(got, bell(7));
}

}  // namespace
}  // namespace millrace
