#include "worker/verify/keyed.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

WantedRow row_of(ChangeKind kind, uint64_t version, FieldTexts fields) {
    WantedRow row;
    row.id = "1";
    row.last = kind;
    row.whole = kind == ChangeKind::kPut;
    row.version = version;
    row.fields = std::move(fields);
    return row;
}

TEST(WantedRow, AnUpdateChangesWhatItSays) {
    WantedRow row = row_of(ChangeKind::kPut, 1, {"a", "b", ""});
    row.fold(row_of(ChangeKind::kUpdate, 2, {std::nullopt, "B", std::nullopt}));
    EXPECT_EQ(row.fields, (FieldTexts{"a", "B", ""}));
    EXPECT_EQ(row.last, ChangeKind::kPut);
    EXPECT_TRUE(row.whole);
    EXPECT_EQ(row.version, 2u);
}

TEST(WantedRow, UpdatesAloneLeaveTheRestUnsaid) {
    WantedRow row = row_of(ChangeKind::kUpdate, 1, {"a", std::nullopt});
    row.fold(row_of(ChangeKind::kUpdate, 2, {"A", std::nullopt}));
    EXPECT_EQ(row.fields, (FieldTexts{"A", std::nullopt}));
    EXPECT_FALSE(row.whole);
}

TEST(WantedRow, APutBeginsAnew) {
    WantedRow row = row_of(ChangeKind::kUpdate, 1, {"a", std::nullopt});
    row.fold(row_of(ChangeKind::kPut, 2, {"", "b"}));
    EXPECT_EQ(row.fields, (FieldTexts{"", "b"}));
    EXPECT_TRUE(row.whole);
}

TEST(WantedRow, AnUpdateBehindADeleteMakesARowOfItsColumnsAlone) {
    WantedRow row = row_of(ChangeKind::kPut, 1, {"a", "b"});
    row.fold(row_of(ChangeKind::kDelete, 2, {}));
    EXPECT_EQ(row.last, ChangeKind::kDelete);
    EXPECT_TRUE(row.fields.empty());
    row.fold(row_of(ChangeKind::kUpdate, 3, {std::nullopt, "b"}));
    EXPECT_EQ(row.last, ChangeKind::kPut);
    EXPECT_EQ(row.fields, (FieldTexts{"", "b"}));
    EXPECT_TRUE(row.whole);
    EXPECT_EQ(row.version, 3u);
}

}  // namespace
}  // namespace millrace
