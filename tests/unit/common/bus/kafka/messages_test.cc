#include "common/bus/kafka/messages.h"

#include <gtest/gtest.h>

#include "millrace.pb.h"

namespace millrace::kafka {
namespace {

TEST(KafkaMessagesTest, ADoorbellComesBackAsItWas) {
    for (const char* label : {"", "north"}) {
        const Doorbell sent{RunId("run"), ItemId("run/7"), label};
        Doorbell read;
        EXPECT_EQ(decode(encode(sent), read), Reading::kGood);
        EXPECT_EQ(read, sent);
    }
}

// Shard and table names may be long, ids of runs and items are not; and nothing else is in it.
TEST(KafkaMessagesTest, AWorkItemHasAtMostOneKilobyte) {
    const Doorbell sent{RunId(std::string(200, 'r')), ItemId(std::string(220, 'i')),
                        std::string(200, 'l')};
    EXPECT_LE(encode(sent).size(), 1024u);
    const Doorbell typical{RunId("0123456789abcdef-20261121T100000000"),
                           ItemId("0123456789abcdef-20261121T100000000/10000"),
                           {}};
    EXPECT_LE(encode(typical).size(), 128u);
}

TEST(KafkaMessagesTest, NewerOnesAreToldApartFromBrokenOnes) {
    wire::WorkItem item;
    item.set_run("run");
    item.set_item("run/1");
    Doorbell read;
    EXPECT_EQ(decode(item.SerializeAsString(), read), Reading::kMalformed);  // no schema
    item.set_schema(kSchema + 1);
    EXPECT_EQ(decode(item.SerializeAsString(), read), Reading::kNewer);
    item.set_schema(kSchema);
    EXPECT_EQ(decode(item.SerializeAsString(), read), Reading::kGood);
    item.clear_item();
    EXPECT_EQ(decode(item.SerializeAsString(), read), Reading::kMalformed);
    EXPECT_EQ(decode("", read), Reading::kMalformed);
    EXPECT_EQ(decode("\xff\xff\xff", read), Reading::kMalformed);
}

// Fields that a later version added do not hide that it is later.
TEST(KafkaMessagesTest, UnknownFieldsDoNoHarm) {
    wire::WorkItem item;
    item.set_schema(kSchema);
    item.set_run("run");
    item.set_item("run/1");
    const std::string more = item.SerializeAsString() + "\xa2\x06\x03new";  // field 100
    Doorbell read;
    EXPECT_EQ(decode(more, read), Reading::kGood);
    EXPECT_EQ(read.item.text(), "run/1");
}

TEST(KafkaMessagesTest, EventsCarryTheSchema) {
    wire::Event event, read;
    event.set_run("run");
    event.mutable_log()->set_text("line");
    EXPECT_EQ(decode(encode(event), read), Reading::kGood);
    EXPECT_EQ(read.schema(), kSchema);
    EXPECT_EQ(read.log().text(), "line");
}

}  // namespace
}  // namespace millrace::kafka
