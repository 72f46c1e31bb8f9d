#include "coordinator/shards/datax_status.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/codec/plainbuffer/writer.h"
#include "common/services/tablestore/client.h"
#include "tests/standin/ots_service.h"
#include "tests/unit/standin_http.h"

namespace millrace {
namespace {

using plainbuffer::KeyValue;
namespace wire = tablestore::wire;

constexpr int64_t kStart = 1'700'000'000'000;
constexpr int64_t kMinute = 60'000;

// DataX's own forms, written here once more from its documentation.
std::string time_text(int64_t ms) {
    const std::string digits = std::to_string(ms);
    return std::string(16 - digits.size(), ' ') + digits;
}

std::string packed(const nlohmann::json& shards) {
    const std::string text = shards.dump();
    std::string made(compressBound(text.size()), '\0');
    uLongf size = made.size();
    compress(reinterpret_cast<Bytef*>(made.data()), &size,
             reinterpret_cast<const Bytef*>(text.data()), text.size());
    made.resize(size);
    return made;
}

class DataxStatusTest : public ::testing::Test {
  protected:
    DataxStatusTest() {
        wire::CreateTableRequest request;
        request.mutable_table_meta()->set_table_name(kTable);
        for (const char* name : {"StreamId", "StatusType", "StatusValue"}) {
            auto& key = *request.mutable_table_meta()->add_primary_key();
            key.set_name(name);
            key.set_type(wire::STRING);
        }
        request.mutable_reserved_throughput()->mutable_capacity_unit()->set_read(0);
        request.mutable_reserved_throughput()->mutable_capacity_unit()->set_write(0);
        request.mutable_table_options()->set_time_to_live(-1);
        request.mutable_table_options()->set_max_versions(1);
        const Status status = client_.create_table(request);
        EXPECT_TRUE(status.ok()) << status.text();
    }

    static tablestore::Config config() {
        tablestore::Settings settings;
        settings.endpoint = "http://127.0.0.1:9000";
        settings.instance = "school";
        settings.access_id = "testid";
        settings.access_key = Secret("testsecret");
        return *tablestore::make_config(settings);
    }
    void put(const std::string& type, const std::string& value,
             const std::vector<std::pair<std::string, Value>>& columns,
             const std::string& stream = "stream") {
        plainbuffer::Row row;
        row.key = {{"StreamId", KeyValue::of(Value::of_string(stream))},
                   {"StatusType", KeyValue::of(Value::of_string(type))},
                   {"StatusValue", KeyValue::of(Value::of_string(value))}};
        for (const auto& [name, cell] : columns) {
            row.cells.emplace_back();
            row.cells.back().name = name;
            row.cells.back().value = cell;
        }
        wire::PutRowRequest request;
        request.set_table_name(kTable);
        request.set_row(plainbuffer::encode_row(row));
        request.mutable_condition()->set_row_existence(wire::IGNORE);
        const auto answer = client_.put_row(request);
        ASSERT_TRUE(answer.ok()) << answer.status().text();
    }
    void checkpoint(const std::string& shard, const std::string& iterator,
                    const std::string& version = "v1", int64_t time = kStart) {
        put("CheckpointForDataxReader", time_text(time) + "\t" + shard,
            {{"Version", Value::of_string(version)},
             {"Checkpoint", Value::of_string(iterator)},
             {"SkipCount", Value::of_integer(0)}});
    }
    // The list of shards in pieces of so many bytes.
    void job(const nlohmann::json& shards, int64_t time = kStart, size_t piece = 65'536,
             const std::string& stream = "stream") {
        const std::string list = packed(shards);
        std::vector<std::string> names, pieces;
        for (size_t at = 0; at < list.size(); at += piece) {
            names.push_back("ShardIds_" + std::to_string(names.size()));
            pieces.push_back(list.substr(at, piece));
        }
        std::vector<std::pair<std::string, Value>> columns = {
            {"Version", Value::of_string("v1")},
            {"TableName", Value::of_string("t")},
            {"JobStreamId", Value::of_string(stream)},
            {"StartTime", Value::of_integer(time - 5 * kMinute)},
            {"EndTime", Value::of_integer(time)}};
        for (size_t i = 0; i < names.size(); ++i) {
            columns.emplace_back(names[i], Value::of_binary(pieces[i]));
        }
        put("DataxJobDesc", time_text(time), columns);
    }
    void shard_time(const std::string& shard, int64_t time, const std::string& iterator) {
        put("ShardTimeCheckpointForDataxReader", shard + "\t" + time_text(time),
            {{"Checkpoint", Value::of_string(iterator)}});
    }
    std::map<ShardId, ItemStart> starts(const std::string& table = kTable) {
        const auto found = datax_starts(client_, table, StreamId("stream"),
                                        {from_millis(kStart), from_millis(kStart + 5 * kMinute)},
                                        from_millis(kStart - 23 * 60 * kMinute));
        EXPECT_TRUE(found.ok()) << found.status().text();
        return found.ok() ? found->starts : std::map<ShardId, ItemStart>();
    }
    std::optional<MillisPoint> newest() {
        const auto found = newest_datax_time(client_, kTable, StreamId("stream"));
        EXPECT_TRUE(found.ok()) << found.status().text();
        return found.ok() ? *found : std::nullopt;
    }

    inline static const std::string kTable = "status";
    FakeClock clock_;
    FakeRandom random_;
    standin::ServerClock server_clock_{clock_};
    standin::Database database_{server_clock_, standin::Hostility(), 3};
    standin::OtsService service_{{"testid", "testsecret", true}, "school", database_};
    AnswerHook hook_;
    FakeHttp http_{standin_handler(service_, hook_)};
    CallContext context_{http_, clock_, random_, {}, {}};
    tablestore::Client client_{context_, config()};
};

TEST_F(DataxStatusTest, WithoutDataxNothingIsKnown) {
    EXPECT_TRUE(starts().empty());
    EXPECT_TRUE(starts("no_such_table").empty());
    EXPECT_EQ(newest(), std::nullopt);
}

TEST_F(DataxStatusTest, ACompleteSetIsWhereItGoesOnWithoutSkipping) {
    job({"a", "b", "c"});
    checkpoint("a", "iterator of a");
    checkpoint("b", "SHARD_END");
    checkpoint("c", "TRIM_HORIZON");
    const auto found = starts();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found.at(ShardId("a")).place.iterator, "iterator of a");
    EXPECT_FALSE(found.at(ShardId("a")).skip_to_window);
    EXPECT_EQ(found.at(ShardId("c")).place.iterator, "") << "from the beginning";
    EXPECT_EQ(newest(), from_millis(kStart));
}

TEST_F(DataxStatusTest, ALongListOfShardsComesInPieces) {
    nlohmann::json shards = nlohmann::json::array();
    for (int i = 0; i < 40; ++i) {
        shards.push_back("shard-" + std::to_string(i * 7919));
        checkpoint(shards.back(), "i" + std::to_string(i));
    }
    job(shards, kStart, 37);
    EXPECT_EQ(starts().size(), 40u);
}

TEST_F(DataxStatusTest, AnIncompleteSetIsNotUsed) {
    job({"a", "b"});
    checkpoint("a", "iterator of a");
    EXPECT_TRUE(starts().empty()) << "b has no checkpoint: DataX was killed in the middle";
    EXPECT_EQ(newest(), std::nullopt);
    checkpoint("b", "iterator of b", "v2");
    EXPECT_TRUE(starts().empty()) << "b's is of another run";
    checkpoint("b", "iterator of b");
    EXPECT_EQ(starts().size(), 2u);
    checkpoint("stranger", "iterator");
    EXPECT_TRUE(starts().empty());
}

TEST_F(DataxStatusTest, AJobOfAnotherStreamOrWithoutAReadableListIsNotUsed) {
    checkpoint("a", "iterator of a");
    job({"a"}, kStart, 65'536, "older stream");
    EXPECT_TRUE(starts().empty());
    put("DataxJobDesc", time_text(kStart),
        {{"Version", Value::of_string("v1")},
         {"JobStreamId", Value::of_string("stream")},
         {"ShardIds_0", Value::of_binary("no zlib")}});
    EXPECT_TRUE(starts().empty());
}

TEST_F(DataxStatusTest, OldSetsCountTheirShards) {
    const auto old = [&](const std::string& shard) {
        put("CheckpointForDataxReader", time_text(kStart) + "\t" + shard,
            {{"Checkpoint", Value::of_string("iterator of " + shard)}});
    };
    old("a");
    put("CheckpointForDataxReader", time_text(kStart), {{"ShardCount", Value::of_integer(2)}});
    EXPECT_TRUE(starts().empty());
    old("b");
    EXPECT_EQ(starts().size(), 2u);
}

TEST_F(DataxStatusTest, RowsOfOtherTimesAndStreamsAreNotSeen) {
    job({"a"}, kStart + 1);
    checkpoint("a", "later", "v1", kStart + 1);
    put("CheckpointForDataxReader", time_text(kStart) + "\ta",
        {{"Version", Value::of_string("v1")}, {"Checkpoint", Value::of_string("x")}}, "another");
    EXPECT_TRUE(starts().empty());
}

TEST_F(DataxStatusTest, ElseTheNewestEarlierPlaceOfEachShardIsUsedSkipping) {
    shard_time("a", kStart - 20 * kMinute, "older");
    shard_time("a", kStart - 10 * kMinute, "newer");
    shard_time("a", kStart, "not before the start");
    shard_time("b", kStart - 24 * 60 * kMinute, "forgotten by the stream");
    shard_time("c", kStart - kMinute, "TRIM_HORIZON");
    const auto found = starts();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found.at(ShardId("a")).place.iterator, "newer");
    EXPECT_TRUE(found.at(ShardId("a")).skip_to_window);
    EXPECT_EQ(found.at(ShardId("c")).place.iterator, "");
}

TEST_F(DataxStatusTest, TheNewestCompleteSetIsFoundBehindIncompleteOnes) {
    job({"a"}, kStart - 10 * kMinute);
    checkpoint("a", "x", "v1", kStart - 10 * kMinute);
    job({"a"}, kStart - 5 * kMinute);
    checkpoint("a", "y", "v1", kStart - 5 * kMinute);
    job({"a", "b"}, kStart);
    checkpoint("a", "z");
    EXPECT_EQ(newest(), from_millis(kStart - 5 * kMinute));
}

}  // namespace
}  // namespace millrace
