#include "common/services/tablestore/client.h"

#include <gtest/gtest.h>

#include <deque>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/services/tablestore/stream.h"
#include "tests/unit/common/services/tablestore/signed_answers.h"

namespace millrace::tablestore {
namespace {

using test::error_answer;
using test::signed_answer;

// Answers in turn; remembers what was asked.
class TablestoreClient : public ::testing::Test {
  protected:
    Client client(Settings settings = {}) { return Client(context_, test::test_config(settings)); }
    void say(HttpAnswer answer) { answers_.emplace_back(std::move(answer)); }
    void say(std::string_view action, const google::protobuf::MessageLite& message) {
        say(signed_answer(action, message.SerializeAsString()));
    }
    template <typename Message>
    Message asked(size_t i) {
        Message message;
        EXPECT_TRUE(message.ParseFromString(bodies_.at(i)));
        return message;
    }

    FakeClock clock_;  // at 2023-11-14T22:13:20Z, as the answers
    FakeRandom random_;
    std::deque<Result<HttpAnswer>> answers_;
    std::vector<std::string> urls_, bodies_;
    std::vector<Headers> headers_;
    FakeHttp http_{[this](const HttpRequest& request) -> Result<HttpAnswer> {
        urls_.push_back(request.url);
        bodies_.emplace_back(request.body);
        headers_.push_back(request.headers);
        if (answers_.empty()) return fatal_error("nothing more was expected");
        Result<HttpAnswer> answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
    }};
    CallContext context_{http_, clock_, random_, {}, {}};
};

TEST_F(TablestoreClient, DescribesAStreamOfManyPages) {
    wire::DescribeStreamResponse page;
    page.set_stream_id("s");
    page.set_expiration_time(24);
    page.set_table_name("t");
    page.set_creation_time(17);
    page.set_stream_status(wire::STREAM_ACTIVE);
    page.add_shards()->set_shard_id("a");
    page.set_next_shard_id("b");
    say("DescribeStream", page);
    page.clear_next_shard_id();
    auto* merged = page.mutable_shards(0);
    merged->set_shard_id("b");
    merged->set_parent_id("a");
    merged->set_parent_sibling_id("z");
    say("DescribeStream", page);

    const auto stream = client().describe_stream(StreamId("s"));
    ASSERT_TRUE(stream.ok()) << stream.status().text();
    EXPECT_EQ(stream->retention_hours, 24);
    EXPECT_TRUE(stream->active);
    ASSERT_EQ(stream->shards.size(), 2u);
    EXPECT_TRUE(stream->shards[0].parents.empty());
    EXPECT_EQ(stream->shards[1].parents, (std::vector{ShardId("a"), ShardId("z")}));
    EXPECT_EQ(urls_.at(1), "http://127.0.0.1:9/DescribeStream");
    EXPECT_EQ(asked<wire::DescribeStreamRequest>(1).inclusive_start_shard_id(), "b");
}

TEST_F(TablestoreClient, FollowsTheTokensOfASeek) {
    wire::GetShardIteratorResponse answer;
    answer.set_shard_iterator("not yet");
    answer.set_next_token("more");
    say("GetShardIterator", answer);
    answer.set_shard_iterator("here");
    answer.clear_next_token();
    say("GetShardIterator", answer);
    EXPECT_EQ(*client().shard_iterator(StreamId("s"), ShardId("a"), 12345), "here");
    const auto second = asked<wire::GetShardIteratorRequest>(1);
    EXPECT_EQ(second.timestamp(), 12345);
    EXPECT_EQ(second.token(), "more");
}

TEST_F(TablestoreClient, RepeatsWhatMayPassAndStopsAtMaxRetries) {
    for (int i = 0; i < 2; ++i) say(error_answer("ListTable", 503, "OTSServerBusy"));
    wire::ListTableResponse tables;
    tables.add_table_names("t");
    say("ListTable", tables);
    EXPECT_EQ(*client().list_tables(), std::vector<std::string>{"t"});

    for (int i = 0; i < 4; ++i) say(error_answer("ListTable", 503, "OTSServerBusy"));
    EXPECT_EQ(client().list_tables().status().service_code(), "OTSServerBusy");
    EXPECT_EQ(answers_.size(), 1u);  // three tries
}

TEST_F(TablestoreClient, DoesNotRepeatWhatIsFinal) {
    say(error_answer("DescribeTable", 404, "OTSObjectNotExist"));
    const Status status = client().describe_table("orders").status();
    EXPECT_EQ(status.code(), Code::kNotFound);
    EXPECT_NE(status.text().find("describe table orders"), std::string::npos);
    EXPECT_EQ(urls_.size(), 1u);
}

TEST_F(TablestoreClient, AsksAgainForADamagedAnswer) {
    HttpAnswer damaged = signed_answer("ListTable", "xxxx");
    damaged.body.data()[0] = 'y';
    say(std::move(damaged));
    say(signed_answer("ListTable", "\xff\xff no message"));
    say("ListTable", wire::ListTableResponse());
    EXPECT_TRUE(client().list_tables().ok());
    EXPECT_EQ(urls_.size(), 3u);
}

TEST_F(TablestoreClient, CorrectsAWrongClockOnce) {
    const Headers late = {{"x-ots-date", "2023-11-14T23:13:20.000Z"}};
    Client wrong = client();
    say(error_answer("ListTable", 403, "OTSAuthFailed", "", late));
    say(signed_answer("ListTable", "", 200, late));
    EXPECT_TRUE(wrong.list_tables().ok());
    EXPECT_EQ(find_header(headers_.at(0), "x-ots-date"), "2023-11-14T22:13:20.000Z");
    EXPECT_EQ(find_header(headers_.at(1), "x-ots-date").substr(0, 16), "2023-11-14T23:13");
    EXPECT_EQ(to_micros(*wrong.server_time()), 1'700'003'600'000'000);

    say(error_answer("ListTable", 403, "OTSAuthFailed", "", late));
    EXPECT_EQ(wrong.list_tables().status().code(), Code::kConfig);  // the clock is not the cause
    EXPECT_EQ(urls_.size(), 3u);
}

TEST_F(TablestoreClient, DoesNotRunAfterAServiceWhoseDateJumps) {
    for (const char* hour : {"23", "21", "19"}) {
        say(error_answer("ListTable", 403, "OTSAuthFailed", "",
                         {{"x-ots-date", std::string("2023-11-14T") + hour + ":13:20.000Z"}}));
    }
    EXPECT_EQ(client().list_tables().status().code(), Code::kConfig);
    EXPECT_EQ(urls_.size(), 2u);
}

TEST_F(TablestoreClient, SendsTokenRegionAndCompression) {
    Settings settings{.sts_token = Secret("token"), .region = "cn-hangzhou", .compress = true};
    say(error_answer("ListTable", 400, "OTSParameterInvalid"));
    (void)client(settings).list_tables();
    const Headers& sent = headers_.at(0);
    EXPECT_EQ(find_header(sent, "x-ots-ststoken"), "token");
    EXPECT_EQ(find_header(sent, "x-ots-signdate"), "20231114");
    EXPECT_EQ(find_header(sent, "x-ots-signregion"), "cn-hangzhou");
    EXPECT_EQ(find_header(sent, "x-ots-response-compress-type"), "deflate");
    EXPECT_FALSE(find_header(sent, "x-ots-signaturev4").empty());
    EXPECT_TRUE(find_header(sent, "x-ots-signature").empty());
}

wire::GetStreamRecordResponse page_of(int records) {
    wire::GetStreamRecordResponse page;
    for (int i = 0; i < records; ++i) {
        auto* record = page.add_stream_records();
        record->set_action_type(wire::UPDATE_ROW);
        record->set_record("row " + std::to_string(i));
        record->set_origin_record("before");
    }
    page.set_next_shard_iterator("next");
    page.mutable_consumed()->mutable_capacity_unit()->set_read(1);
    page.set_may_more_record(true);
    return page;
}

TEST_F(TablestoreClient, StreamPagesAreViewsIntoMemoryThatIsUsedAgain) {
    Client one = client();
    StreamFetch fetch(one);
    StreamPage page;
    for (int round = 0; round < 3; ++round) {
        say("GetStreamRecord", page_of(3));
        fetch.start("iterator", 7, std::move(page));
        Result<StreamPage> got = fetch.finish();
        ASSERT_TRUE(got.ok()) << got.status().text();
        page = *std::move(got);
        ASSERT_EQ(page.records.size(), 3u);
        EXPECT_EQ(page.records[2].record, "row 2");
        EXPECT_EQ(page.records[2].action, wire::UPDATE_ROW);
        EXPECT_GE(page.records[0].record.data(), page.body.data());
        EXPECT_LT(page.records[2].record.data(), page.body.data() + page.body.size());
        EXPECT_EQ(page.next_iterator, "next");
        EXPECT_TRUE(page.may_more_record);
        EXPECT_EQ(to_micros(page.server_time), 1'700'000'000'000'000);
    }
    EXPECT_EQ(asked<wire::GetStreamRecordRequest>(0).limit(), 7);
}

TEST_F(TablestoreClient, StreamPagesMayBeCompressedOrNotInTurn) {
    Client one = client({.compress = true});
    StreamFetch fetch(one);
    StreamPage page;
    for (bool compressed : {true, false, true, true, false}) {
        // A damaged try before must leave nothing behind.
        HttpAnswer damaged = test::compressed_answer("GetStreamRecord", std::string(90, '\xff'));
        say(std::move(damaged));
        const std::string body = page_of(2).SerializeAsString();
        say(compressed ? test::compressed_answer("GetStreamRecord", body)
                       : signed_answer("GetStreamRecord", body));
        fetch.start("iterator", {}, std::move(page));
        Result<StreamPage> got = fetch.finish();
        ASSERT_TRUE(got.ok()) << got.status().text();
        page = *std::move(got);
        EXPECT_EQ(page.body.view(), body);
        EXPECT_EQ(page.records.at(1).record, "row 1");
        EXPECT_GE(page.records[0].record.data(), page.body.data());
    }
}

TEST_F(TablestoreClient, AClosedShardHasNoNextIterator) {
    say("GetStreamRecord", wire::GetStreamRecordResponse());
    Client one = client();
    StreamFetch fetch(one);
    fetch.start("iterator");
    const Result<StreamPage> page = fetch.finish();
    ASSERT_TRUE(page.ok()) << page.status().text();
    EXPECT_FALSE(page->next_iterator);
    EXPECT_FALSE(page->may_more_record);
    EXPECT_TRUE(page->records.empty());
}

TEST(TablestoreStreamPage, EveryCutOfAPageIsRefusedOrShorter) {
    const std::string whole = page_of(4).SerializeAsString();
    StreamPage page;
    for (size_t size = 0; size < whole.size(); ++size) {
        const std::string cut = whole.substr(0, size);  // own memory, for the sanitizer
        const Status status = page.read(cut);
        if (!status.ok()) {
            EXPECT_EQ(status.code(), Code::kCorrupt);
        }
    }
    ASSERT_TRUE(page.read(whole).ok());
    EXPECT_EQ(page.records.size(), 4u);
    wire::StreamRecord lacking;
    lacking.set_record("row");
    std::string bytes = lacking.SerializePartialAsString();
    bytes = std::string("\x0a") + static_cast<char>(bytes.size()) + bytes;
    EXPECT_EQ(page.read(bytes).code(), Code::kCorrupt);
}

}  // namespace
}  // namespace millrace::tablestore
