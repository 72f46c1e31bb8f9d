#include "worker/targets/odps/writer.h"

#include "common/store/park_reason.h"
#include "tests/unit/support/fake_project.h"

namespace millrace {
namespace {

using maxcompute::FakeProject;
using maxcompute::StagedBlock;

class OdpsWriterTest : public maxcompute::FakeProjectTest {
  protected:
    OdpsWriterTest() {
        writer_.table = "orders";
        writer_.block_bytes = 4096;
        writer_.time_zone = "Asia/Shanghai";
        session_ = client_.create_upload(place(), {})->id;
    }
    std::unique_ptr<OdpsTarget> target() {
        auto made = OdpsTarget::create(client_, writer_,
                                       {session_, place().partition, false, project_.column_list()},
                                       [this](uint32_t count) -> Result<Range> {
                                           const Range range{next_number_, count};
                                           next_number_ += count;
                                           return range;
                                       });
        EXPECT_TRUE(made.ok()) << made.status().text();
        return *std::move(made);
    }

    // One item's run, with a fresh target that goes on from the ledger.
    struct Ledger {
        std::string staging;
        std::vector<Part> parts;
        Sum128 sum;
        uint64_t rows = 0, changes = 0, bytes = 0;
    };
    static Append::Kind append(OdpsTarget& writer, size_t i) {
        const std::string name(i % 97, static_cast<char>('a' + i % 26));
        const std::vector<Value> row = {Value::of_integer(static_cast<int64_t>(i)),
                                        Value::of_string(name)};
        Change change;
        change.values = row;
        change.rows = 1;
        change.width = 2;
        return writer.append(change).kind;
    }
    void run(Ledger& ledger, size_t to, size_t blocks_max = SIZE_MAX) {
        auto writer = target();
        ASSERT_TRUE(writer->begin(ledger.staging, ledger.parts).ok());
        size_t sent = 0;
        bool in_flight = false;
        for (size_t i = ledger.changes; i < to; ++i) {
            if (append(*writer, i) != Append::Kind::kFull) continue;
            if (in_flight) acknowledge(*writer, ledger);
            if (++sent > blocks_max) return;  // what is unacknowledged is lost
            ASSERT_TRUE(writer->send(false).ok());
            in_flight = true;
        }
        if (in_flight) acknowledge(*writer, ledger);
        if (writer->has_open_batch()) {
            ASSERT_TRUE(writer->send(true).ok());
            acknowledge(*writer, ledger);
        }
    }
    static void acknowledge(OdpsTarget& writer, Ledger& ledger) {
        const Result<Delivered> delivered = writer.acknowledge();
        ASSERT_TRUE(delivered.ok()) << delivered.status().text();
        ledger.staging = delivered->staging;
        ledger.changes += delivered->changes;
        ledger.rows += delivered->rows;
        ledger.bytes += delivered->bytes;
        ledger.sum.add(delivered->sum);
        ledger.parts.insert(ledger.parts.end(), delivered->parts.begin(), delivered->parts.end());
    }
    // The blocks that the ledger names, as the service holds them, one after the other.
    std::vector<std::string> blocks(const Ledger& ledger) {
        std::vector<std::string> bytes;
        for (const Part& part : ledger.parts) {
            const StagedBlock staged = *StagedBlock::parse(part.data);
            EXPECT_EQ(staged.session, session_);
            bytes.push_back(project_.sessions[session_].blocks.at(staged.block));
            EXPECT_EQ(bytes.back().size(), staged.bytes);
            EXPECT_EQ(*check_stream(project_.column_list(), bytes.back()), staged.rows);
        }
        return bytes;
    }

    OdpsWriterConfig writer_;
    std::string session_;
    uint32_t next_number_ = 1;
};

// Whoever made the session makes another; a refusal in one that is open is a refusal.
TEST_F(OdpsWriterTest, AnEndedSessionIsToldFromOtherRefusals) {
    const auto failure_in = [&](const char* state) {
        project_.sessions[session_].state = state;
        auto writer = target();
        EXPECT_TRUE(writer->begin({}, {}).ok());
        (void)append(*writer, 1);
        EXPECT_TRUE(writer->send(true).ok());
        return writer->acknowledge().status();
    };
    for (const char* state : {"expired", "canceled"}) {
        const Status status = failure_in(state);
        EXPECT_TRUE(is_staging_gone(status)) << status.text();
        EXPECT_TRUE(is_staging_gone(parked_for(park_reason(status)).with_context("shard s")));
    }
    const Status closed = failure_in("closed");
    EXPECT_EQ(closed.code(), Code::kFatal);
    EXPECT_FALSE(is_staging_gone(closed));
    project_.sessions.clear();
    auto writer = target();
    ASSERT_TRUE(writer->begin({}, {}).ok());
    (void)append(*writer, 1);
    ASSERT_TRUE(writer->send(true).ok());
    EXPECT_TRUE(is_staging_gone(writer->acknowledge().status()));
}

TEST_F(OdpsWriterTest, RecordsBecomeBlocksOfTheSession) {
    Ledger ledger;
    run(ledger, 1000);
    EXPECT_EQ(ledger.changes, 1000u);
    EXPECT_EQ(ledger.rows, 1000u);
    const auto written = blocks(ledger);
    EXPECT_GT(written.size(), 10u);
    for (size_t i = 0; i + 1 < written.size(); ++i) EXPECT_GE(written[i].size(), 4096u);
    // Nothing is visible before the commit.
    EXPECT_TRUE(project_.visible.empty());
    int64_t next = 0;
    std::vector<maxcompute::Field> fields;
    const auto columns = project_.column_list();
    for (const std::string& block : written) {
        maxcompute::RecordReader reader(columns, block);
        while (*reader.next(fields)) EXPECT_EQ(fields[0].integer, next++);
    }
    EXPECT_EQ(next, 1000);
}

TEST_F(OdpsWriterTest, AResumedItemGivesTheSameBlocksUnderNewNumbers) {
    Ledger whole, broken;
    run(whole, 1000);
    run(broken, 1000, 3);
    EXPECT_LT(broken.changes, 1000u);
    const uint32_t lost = next_number_ - 1;
    run(broken, 1000, 2);
    run(broken, 1000);
    EXPECT_EQ(broken.changes, 1000u);
    EXPECT_EQ(broken.sum, whole.sum);
    EXPECT_EQ(broken.bytes, whole.bytes);
    EXPECT_EQ(blocks(broken), blocks(whole));
    std::set<uint32_t> numbers;
    for (const Part& part : broken.parts) numbers.insert(StagedBlock::parse(part.data)->block);
    EXPECT_EQ(numbers.size(), broken.parts.size());
    EXPECT_FALSE(numbers.contains(lost + 100));
}

TEST_F(OdpsWriterTest, BlockNumbersStayBelowTheServicesMaximum) {
    next_number_ = 39'999;
    Ledger ledger;
    run(ledger, 200);
    EXPECT_EQ(StagedBlock::parse(ledger.parts[0].data)->block, 19'999u);
    EXPECT_EQ(StagedBlock::parse(ledger.parts[1].data)->block, 0u);
}

TEST_F(OdpsWriterTest, AnItemWithoutRecordsWritesNoBlock) {
    auto writer = target();
    ASSERT_TRUE(writer->begin("", {}).ok());
    EXPECT_FALSE(writer->has_open_batch());
    EXPECT_TRUE(writer->send(true).ok());
    EXPECT_EQ(project_.count("PUT"), 0u);
}

TEST_F(OdpsWriterTest, ABlockThatIsRefusedFailsWithTheServicesWords) {
    project_.sessions[session_].state = "critical";
    auto writer = target();
    ASSERT_TRUE(writer->begin("", {}).ok());
    while (append(*writer, 1) != Append::Kind::kFull) {
    }
    ASSERT_TRUE(writer->send(false).ok());
    const Status refused = writer->acknowledge().status();
    EXPECT_EQ(refused.service_code(), "StatusConflict");
    EXPECT_NE(refused.text().find("shop.orders (pt=20261121)"), std::string::npos);
}

TEST_F(OdpsWriterTest, ALedgerThatDoesNotAddUpIsRefused) {
    EXPECT_EQ(target()->begin(R"({"blocks":1})", {}).code(), Code::kCorrupt);
    EXPECT_EQ(target()->begin("?", {}).code(), Code::kCorrupt);
    EXPECT_EQ(target()->begin("", {Part{}}).code(), Code::kCorrupt);
}

}  // namespace
}  // namespace millrace
