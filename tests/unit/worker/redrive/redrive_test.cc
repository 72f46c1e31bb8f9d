#include "worker/redrive/redrive.h"

#include "common/record/packed.h"
#include "tests/unit/worker/targets/ots/writer_fixture.h"

namespace millrace::ots {
namespace {

class RedriveTest : public OtsWriterTest {
  protected:
    RedriveTest() {
        images_ = [this](std::span<const RowKey> keys) {
            std::vector<std::optional<ImageRow>> rows;
            for (const RowKey& key : keys) {
                const auto found = source_.find(std::string(key[0].bytes));
                if (found == source_.end()) {
                    rows.emplace_back();
                    continue;
                }
                rows.push_back(ImageRow{nullptr, {key[0], found->second[0], found->second[1]}});
            }
            return Result<std::vector<std::optional<ImageRow>>>(std::move(rows));
        };
    }
    Result<std::vector<NotRedriven>> redrive_keys(const std::vector<std::string>& names) {
        std::vector<RedriveKey> keys;
        for (const std::string& name : names) {
            const Value value = Value::of_string(name);
            Buffer packed;
            pack({&value, 1}, packed);
            keys.push_back({std::string(packed.view()), {0, 1'000, 0}});
        }
        written_.clear();
        return redrive(*writer_, shape(), keys, [&](std::span<const size_t> done) {
            written_.insert(written_.end(), done.begin(), done.end());
            return Status();
        });
    }
    std::map<std::string, std::vector<Value>> source_;
    std::vector<size_t> written_;
    ImageReader images_;
};

TEST_F(RedriveTest, RowsAreWrittenAsTheyAreNow) {
    source_["a"] = {Value::of_string("Ann"), Value::of_integer(8)};
    source_["c"] = {Value(), Value::of_integer(9)};
    open(config(), images_);
    const auto left = redrive_keys({"a", "gone", "c"});
    ASSERT_TRUE(left.ok()) << left.status().text();
    EXPECT_TRUE(left->empty());
    EXPECT_EQ(written_, (std::vector<size_t>{0, 1, 2}));
    EXPECT_EQ(rows(), (TableRows{{"a", {{"name", "Ann"}, {"age", "8"}}}, {"c", {{"age", "9"}}}}));
}

TEST_F(RedriveTest, ARowThatIsGoneIsDeletedWhereDeletesAreCarried) {
    open(config());
    put("gone", {"Ann", "7"});
    ASSERT_TRUE(deliver().ok());
    open(config(), images_);
    ASSERT_TRUE(redrive_keys({"gone"}).ok());
    EXPECT_EQ(rows().size(), 1u);
    auto carrying = config();
    carrying.propagate_deletes = true;
    open(carrying, images_);
    ASSERT_TRUE(redrive_keys({"gone"}).ok());
    EXPECT_TRUE(rows().empty());
}

TEST_F(RedriveTest, WhatIsStillBadIsLeftWithItsReason) {
    source_["a"] = {Value::of_string("Ann"), Value::of_string("seven")};
    source_["b"] = {Value::of_string("Bob"), Value::of_integer(8)};
    source_["c"] = {Value::of_string("Cid"), Value::of_integer(9)};
    auto small = config();
    small.batch_rows = 1;
    open(small, images_);
    row_fault(standin::FaultKind::kStatus, "OTSParameterInvalid", 1);
    const auto left = redrive_keys({"a", "b", "c"});
    ASSERT_TRUE(left.ok());
    ASSERT_EQ(left->size(), 2u);
    EXPECT_EQ((*left)[0].key, 0u);
    EXPECT_EQ((*left)[0].reason, "the value cannot be read as an integer");
    EXPECT_EQ((*left)[0].column, 2);
    EXPECT_EQ((*left)[1].key, 1u);
    EXPECT_EQ(written_, (std::vector<size_t>{2}));
    EXPECT_EQ(rows().size(), 1u);
}

TEST_F(RedriveTest, ATargetThatFailsEndsItAfterWhatWasWritten) {
    source_["a"] = {Value::of_string("Ann"), Value::of_integer(7)};
    source_["b"] = {Value::of_string("Bob"), Value::of_integer(8)};
    auto small = config();
    small.batch_rows = 1;
    open(small, images_);
    row_fault(standin::FaultKind::kStatus, "OTSNoPermissionAccess", -1, 1);
    EXPECT_EQ(redrive_keys({"a", "b"}).status().code(), Code::kConfig);
    EXPECT_EQ(written_, (std::vector<size_t>{0}));
}

}  // namespace
}  // namespace millrace::ots
