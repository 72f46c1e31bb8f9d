#include "worker/verify/odps_partition.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/net/fake_http.h"
#include "worker/targets/odps/encoder.h"

namespace millrace {
namespace {

using maxcompute::Column;
using maxcompute::make_column;
using maxcompute::RecordWriter;
using nlohmann::json;

json receipt(const std::string& run, const std::string& ended, bool overwrite, uint64_t rows,
             const std::string& partition = "pt=1") {
    return {
        {"run", run},
        {"target", {{"kind", "odps"}, {"project", "p"}, {"table", "t"}, {"partition", partition}}},
        {"overwrite", overwrite},
        {"counts", {{"rows", rows}}},
        {"sums", {{"output", std::string(31, '0') + std::to_string(rows)}}},
        {"meta", {{"ended", ended}}}};
}

class ExpectedPartitionTest : public ::testing::Test {
  protected:
    ExpectedPartition expect(const json& own, const std::vector<json>& others) {
        return expected_partition({own, job_, others, context_});
    }
    JobSpec job_;
    FakeHttp http_{[](const HttpRequest&) { return FakeHttp::answer(500, ""); }};
    FakeClock clock_;
    FakeRandom random_;
    CallContext context_{http_, clock_, random_, {}, {}};
};

TEST_F(ExpectedPartitionTest, AddsUpFromTheLastOverwriteOn) {
    const json a = receipt("a", "1", true, 1), b = receipt("b", "2", true, 2),
               c = receipt("c", "3", false, 4), other = receipt("d", "4", true, 8, "pt=2");
    const ExpectedPartition all = expect(c, {a, b, c, other});
    EXPECT_EQ(all.runs, (std::vector<std::string>{"b", "c"}));
    EXPECT_EQ(all.sums.rows, 6u);
    EXPECT_EQ(all.sums.sum.hex(), std::string(31, '0') + "6");
    EXPECT_TRUE(all.overwritten);
    EXPECT_EQ(all.replaced_by, "");
    EXPECT_EQ(expect(a, {b, c}).replaced_by, "b");
    EXPECT_FALSE(expect(c, {}).overwritten);
}

// What the service gives back may be written in another way: the sum is that of the writer.
TEST(RecordSums, AreThoseOfTheWriterWhateverTheFormOfTheStream) {
    const std::vector<Column> table = {
        make_column("a", "bigint"), make_column("b", "array<bigint>"),
        make_column("c", "decimal(10,2)"), make_column("d", "float")};
    OdpsEncoder encoder =
        *OdpsEncoder::create(*written_columns(table, {"a", "c", "d"}), {"UTC", false});
    Buffer written;
    RecordWriter writer(written);
    RowCounts counts;
    const std::vector<Value> row = {Value::of_integer(7), Value::of_string("1.5"),
                                    Value::of_real(0.1f)};
    Change change;
    change.values = row;
    change.rows = 1;
    change.width = 3;
    ASSERT_EQ(encoder.append(change, writer, counts).kind, Append::Kind::kAdded);

    Buffer read;
    RecordWriter service(read);
    service.begin_record();
    service.put_integer(1, 7);
    service.put_bytes(2, "1.50");
    service.put_float(3, 0.1f);
    service.end_record();
    service.end_stream();
    RecordSums sums;
    const std::vector<Column> asked = {table[0], table[2], table[3]};
    const std::vector<uint32_t> numbers = {1, 3, 4};
    ASSERT_TRUE(add_records(asked, numbers, read.view(), sums).ok());
    EXPECT_EQ(sums.rows, 1u);
    EXPECT_EQ(sums.sum, counts.sum);
    std::string damaged(read.view());
    damaged[1] = static_cast<char>(damaged[1] ^ 2);
    EXPECT_EQ(add_records(asked, numbers, damaged, sums).code(), Code::kCorrupt);
}

}  // namespace
}  // namespace millrace
