// Redriving into a search server: its versions decide what may win.
#include "common/record/packed.h"
#include "tests/unit/worker/targets/elasticsearch/writer_fixture.h"
#include "worker/redrive/redrive.h"

namespace millrace::elasticsearch {
namespace {

using nlohmann::json;

class RedriveDocumentsTest : public WriterTest {
  protected:
    // Redrives "u1", whose row is now this, for a change at `us`.
    void redrive_row(int64_t us, const std::string& name) {
        const std::vector<Value> row = {Value::of_string("u1"), Value::of_string(name),
                                        Value::of_integer(8)};
        WriterOptions options;
        options.by_image = true;
        options.images = [&row](std::span<const RowKey>) {
            std::vector<std::optional<ImageRow>> rows = {ImageRow{nullptr, row}};
            return Result<std::vector<std::optional<ImageRow>>>(std::move(rows));
        };
        open({}, std::move(options));
        Buffer key;
        pack({row.data(), 1}, key);
        const std::vector<RedriveKey> keys = {{std::string(key.view()), {0, us, 0}}};
        const RecordShape shape{{{"uid", ValueType::kString}},
                                {{"uid", ValueType::kString}, {"name"}, {"age"}}};
        const auto left = redrive(*writer_, shape, keys, [&](std::span<const size_t> written) {
            EXPECT_EQ(written.size(), 1u);
            return Status();
        });
        ASSERT_TRUE(left.ok()) << left.status().text();
        EXPECT_TRUE(left->empty());
    }
};

TEST_F(RedriveDocumentsTest, TheRowAsItIsNowReplacesWhatIsStored) {
    open();
    put("u1", 5000, {"old", "7"});
    ASSERT_TRUE(deliver().ok());
    redrive_row(1000, "now");
    EXPECT_EQ(server_.live("school"), (Documents{{"u1", {{"name", "now"}, {"age", 8}}}}));
    // A change that is newer still wins, an older one does not.
    open();
    put("u1", 4000, {"older", "1"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school").at("u1")["name"], "now");
    put("u1", 6000, {"newer", "1"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school").at("u1")["name"], "newer");
}

TEST_F(RedriveDocumentsTest, ADocumentThatIsNotThereIsMade) {
    redrive_row(1000, "now");
    EXPECT_EQ(server_.live("school"), (Documents{{"u1", {{"name", "now"}, {"age", 8}}}}));
}

}  // namespace
}  // namespace millrace::elasticsearch
