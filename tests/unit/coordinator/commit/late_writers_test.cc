#include "coordinator/commit/late_writers.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

using std::chrono::seconds;

ItemView item(const std::string& name, uint64_t abandoned) {
    ItemView view;
    view.item = ItemId(name);
    view.abandoned = Epoch(abandoned);
    return view;
}
MonoTime at(int64_t time) {
    return MonoTime(seconds(time));
}

TEST(LateWritersTest, TheLastOwnerThatLostItsItemDecides) {
    LateWriters late(seconds(10));
    late.saw({item("a", 0), item("b", 0)}, at(1));
    EXPECT_EQ(late.over(), std::nullopt);
    late.saw({item("a", 3), item("b", 0)}, at(2));
    late.saw({item("a", 3), item("b", 4)}, at(5));
    late.saw({item("a", 3), item("b", 4)}, at(9));  // nothing new
    EXPECT_EQ(late.over(), at(15));
    late.saw({item("a", 7), item("b", 4)}, at(20));
    EXPECT_EQ(late.over(), at(30));
    late.saw({item("a", 0), item("b", 4)}, at(21));  // proven dead
    EXPECT_EQ(late.over(), at(15));
}

TEST(LateWritersTest, ThePatienceIsThatOfASignature) {
    LateWriters late;
    late.saw({item("a", 1)}, at(0));
    EXPECT_EQ(late.over(), at(15 * 60 + 150));
}

}  // namespace
}  // namespace millrace
