// A stream job from the request to the receipt, with the stand-in cloud and one worker in this
// thread: what is left in the bucket after any number of deaths.
#include "coordinator/job_coordinator.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/codec/plainbuffer/reader.h"
#include "common/config/otsstream_reader.h"
#include "common/services/tablestore/stream.h"
#include "coordinator/shards/datax_status.h"
#include "tests/standin/fill.h"
#include "tests/unit/support/changing_table.h"
#include "tests/unit/support/one_process.h"

namespace millrace {
namespace {

using nlohmann::json;

constexpr int64_t kMinute = 60'000;

class JobCoordinatorTest : public OneProcess {
  protected:
    JobCoordinatorTest() { add_changing_table(database_, now_ms()); }

    int64_t now_ms() const { return server_clock_.now_ms(); }
    // [so many minutes before the beginning of the test, …)
    Window window(int64_t from, int64_t to) const {
        return {from_millis(began_ - from * kMinute), from_millis(began_ - to * kMinute)};
    }
    JobSpec job(const Window& window, const std::string& object = "dir/t") const {
        const json text = {
            {"job",
             {{"setting", {{"errorLimit", {{"record", 0}}}}},
              {"content",
               {{{"reader",
                  {{"name", "otsstreamreader"},
                   {"parameter",
                    {{"endpoint", "http://127.0.0.1:9000"},
                     {"accessId", "testid"},
                     {"accessKey", "testsecret"},
                     {"instanceName", "school"},
                     {"dataTable", "t"},
                     {"statusTable", "status"},
                     {"startTimestampMillis", to_millis(window.start)},
                     {"endTimestampMillis", to_millis(window.end)},
                     {"mode", "single_version_and_update_only"},
                     {"column", {{{"name", "pk"}}, {{"name", "c0"}}, {{"name", "c1"}}}}}}}},
                 {"writer", csv_writer(object)}}}}}}};
        return parsed(text);
    }
};

TEST_F(JobCoordinatorTest, AWindowIsCarriedAndASecondRunDoesNothing) {
    const JobSpec one = job(window(180, 40));
    const Status status = process(one);
    ASSERT_TRUE(status.ok()) << status.text();
    const auto objects = bucket(one);
    EXPECT_EQ(objects.size(), 3u) << "one per shard";
    EXPECT_GT(receipt().at("counts").at("read"), 600);
    ASSERT_TRUE(process(one).ok());
    EXPECT_EQ(bucket(one), objects);
}

TEST_F(JobCoordinatorTest, WhateverDiesTheBucketIsTheSame) {
    const JobSpec calm = job(window(180, 40));
    ASSERT_TRUE(process(calm).ok());
    const json wanted = receipt();
    const auto objects = bucket(calm);
    for (uint64_t seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE(seed);
        const std::string name = "stormy" + std::to_string(seed) + "/t";
        const JobSpec stormy = job(window(180, 40), name);
        run_through_deaths(stormy, false, seed);
        const json got = receipt();
        for (const char* part : {"counts", "sums"}) EXPECT_EQ(got.at(part), wanted.at(part));
        auto all = bucket(calm);
        for (const auto& [object, bytes] : objects) {
            const std::string twin = "stormy" + std::to_string(seed) + object.substr(3);
            EXPECT_EQ(all[twin], bytes) << twin;
            all.erase(twin);
        }
        for (const auto& [object, bytes] : all) {
            EXPECT_FALSE(object.starts_with("stormy" + std::to_string(seed) + "/")) << object;
        }
    }
}

TEST_F(JobCoordinatorTest, AReplayThatDiesAnywhereReplacesTheRun) {
    const JobSpec one = job(window(180, 40));
    ASSERT_TRUE(process(one).ok());
    auto before = bucket(one);
    const json first = receipt();
    EXPECT_NE(first.at("shards").dump().find("shard_end"), std::string::npos);
    for (uint64_t seed = 1; seed <= 8; ++seed) {
        SCOPED_TRACE(seed);
        run_through_deaths(one, true, seed);
        const json again = receipt();
        for (const char* part : {"shards", "counts", "sums"}) {
            EXPECT_EQ(again.at(part), first.at(part));
        }
        const auto after = bucket(one);
        ASSERT_EQ(after.size(), before.size());
        auto old = before.begin();
        for (const auto& [name, bytes] : after) {
            EXPECT_NE(name, old->first);
            EXPECT_EQ(bytes, old->second);
            ++old;
        }
        before = after;
    }
}

// The windows of a task meet at recorded borders, in whatever order their runs died.
TEST_F(JobCoordinatorTest, WindowsTileTheStream) {
    const JobSpec whole = job(window(180, 40), "whole/t");
    ASSERT_TRUE(process(whole).ok());
    const uint64_t read = receipt().at("counts").at("read");
    uint64_t sum = 0;
    for (int64_t from = 180; from > 40; from -= 35) {
        run_through_deaths(job(window(from, from - 35), "parts/t"), false,
                           static_cast<uint64_t>(from));
        sum += receipt().at("counts").at("read").get<uint64_t>();
    }
    EXPECT_EQ(sum, read);
}

// What is left in the status table takes DataX exactly to the window's end.
TEST_F(JobCoordinatorTest, DataxCanGoOnWhereAWindowEnded) {
    const JobSpec one = job(window(180, 40));
    run_through_deaths(one, false, 5);
    tablestore::Client client(context_, read_otsstream_reader(one.reader)->address);
    const StreamId stream(receipt().at("stream").get<std::string>());
    const auto starts = datax_starts(client, "status", stream, window(40, 30), MillisPoint());
    ASSERT_TRUE(starts.ok()) << starts.status().text();
    ASSERT_EQ(starts->starts.size(), 2u);
    EXPECT_EQ(starts->ended.size(), 1u);
    const int64_t end_us = to_millis(one.window->end) * 1000;
    for (const auto& [shard, start] : starts->starts) {
        EXPECT_FALSE(start.skip_to_window);
        tablestore::StreamFetch fetch(client);
        fetch.start(start.place.iterator, 1);
        auto page = fetch.finish();
        while (page.ok() && page->records.empty() && page->may_more_record) {
            fetch.start(*page->next_iterator, 1);
            page = fetch.finish();
        }
        ASSERT_TRUE(page.ok()) << page.status().text();
        ASSERT_EQ(page->records.size(), 1u);
        plainbuffer::Row row;
        ASSERT_TRUE(plainbuffer::read_row(page->records[0].record, row).ok());
        EXPECT_GE(row.sequence->timestamp_us, end_us);
        EXPECT_LT(row.sequence->timestamp_us, end_us + 10 * kMinute * 1000);
    }
    const auto newest = newest_datax_time(client, "status", stream);
    EXPECT_EQ(**newest, one.window->end);
}

// Another job's interrupted run lies in the same ledger; its items are no business of ours.
TEST_F(JobCoordinatorTest, AnInterruptedRunOfAnotherJobIsLeftAsItIs) {
    const JobSpec other = job(window(180, 40), "other/t");
    crash_.after(40);
    ASSERT_FALSE(process(other).ok());
    crash_.never();
    ASSERT_TRUE(store_.void_claims().ok());
    const RunId interrupted = last_;
    const auto counts = store_.instance(interrupted)->counts;
    const JobSpec mine = job(window(100, 60), "mine/t");
    ASSERT_TRUE(process(mine).ok());
    EXPECT_EQ(store_.instance(interrupted)->state, InstanceState::kRunning);
    EXPECT_EQ(store_.instance(interrupted)->counts, counts);
    ASSERT_TRUE(process(other).ok());
}

TEST_F(JobCoordinatorTest, StagedWorkThatIsLostIsReadAgain) {
    const JobSpec one = job(window(180, 40));
    const oss::Config address = read_oss_writer(one.writer)->address;
    int completes = 0;
    on_request_ = [&](const HttpRequest& request) {
        const bool complete =
            request.method == Method::kPost && request.url.find("uploadId=") != std::string::npos;
        if (!complete || ++completes != 2) return;
        // One object is visible already; the upload of another has vanished.
        oss::Client client(context_, address);
        const auto open = client.list_multipart_uploads("");
        ASSERT_TRUE(open.ok());
        for (const auto& upload : *open) {
            EXPECT_TRUE(client.abort_multipart(upload.key, upload.upload_id).ok());
        }
    };
    const Status status = process(one);
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_GT(completes, 3);
    EXPECT_EQ(bucket(one).size(), 3u);
    const JobSpec calm = job(window(180, 40), "calm/t");
    const json got = receipt();
    EXPECT_FALSE(got.at("notes").empty());
    ASSERT_TRUE(process(calm).ok());
    EXPECT_EQ(receipt().at("counts"), got.at("counts"));
    EXPECT_EQ(receipt().at("sums"), got.at("sums"));
}

}  // namespace
}  // namespace millrace
