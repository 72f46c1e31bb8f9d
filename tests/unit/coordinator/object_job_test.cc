// Objects to objects, from the request to the receipt: what is in the bucket after any number of
// deaths.
#include <random>

#include "common/codec/gzip.h"
#include "tests/unit/support/one_process.h"

namespace millrace {
namespace {

using nlohmann::json;

class ObjectJobTest : public OneProcess {
  protected:
    void put(const std::string& key, const std::string& bytes) {
        oss::Client client(context_, read_oss_writer(script("x").writer)->address);
        ASSERT_TRUE(client.put_object(key, bytes).ok());
    }
    JobSpec script(const std::string& object, json more = json::object(), int dirty = 0) const {
        json reader = {{"endpoint", "http://127.0.0.1:9001"},
                       {"accessId", "testid"},
                       {"accessKey", "testsecret"},
                       {"bucket", "examplebucket"},
                       {"object", "in/*"},
                       {"fileFormat", "csv"},
                       {"column", {"*"}}};
        reader.update(more);
        return parsed({{"job",
                        {{"setting", {{"errorLimit", {{"record", dirty}}}}},
                         {"content",
                          {{{"reader", {{"name", "ossreader"}, {"parameter", reader}}},
                            {"writer", csv_writer(object)}}}}}}});
    }
    // The rows under `prefix`, in the order of the objects' names.
    std::string rows(const JobSpec& job, const std::string& prefix) {
        std::string all;
        for (const auto& [name, bytes] : bucket(job)) {
            if (name.starts_with(prefix)) all += bytes;
        }
        return all;
    }
};

std::string lines(uint64_t seed, size_t bytes) {
    std::mt19937_64 random(seed);
    std::string text;
    while (text.size() < bytes) {
        text += std::to_string(random() % 1000) + ",\"q" + std::string(random() % 900, 'x') +
                "\n,\"\"\"," + std::string(random() % 60, 'y') + "\n";
    }
    return text;
}

// One row per line and the rows sorted: objects of a run are named by a hash of what they came
// from.
std::vector<std::string> sorted_rows(const std::string& text) {
    std::vector<std::string> rows;
    for (size_t begin = 0; begin < text.size();) {
        const size_t end = text.find("\n", text.find("\"\"\",", begin)) + 1;
        rows.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

// 2.4 MB in parts of 100 KiB: at least 20 checkpoints.
TEST_F(ObjectJobTest, ManyDeathsLeaveEveryRowOnce) {
    const std::string one = lines(1, 1'300'000), two = lines(2, 1'100'000);
    put("in/1.csv", one);
    put("in/2.csv", two);
    const JobSpec job = script("out/t");
    for (uint64_t seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE(seed);
        run_through_deaths(job, false, seed);
        EXPECT_EQ(sorted_rows(rows(job, "out/t__")), sorted_rows(one + two));
        const json counts = receipt()["counts"];
        EXPECT_EQ(counts["read"], counts["acknowledged"]);
        EXPECT_EQ(receipt()["source"]["kind"], "oss");
    }
    const auto parts = store_.items(last_);
    size_t checkpoints = 0;
    for (const ItemView& item : *parts) checkpoints += item.progress.new_parts.size();
    EXPECT_GE(checkpoints, 20u);
}

TEST_F(ObjectJobTest, CompressedObjectsToo) {
    const std::string text = lines(3, 1'500'000);
    Buffer zipped;
    gzip(text, zipped);
    put("in/z.gz", std::string(zipped.view()));
    const JobSpec job = script("out/z", {{"compress", "gzip"}});
    run_through_deaths(job, false, 5);
    EXPECT_EQ(rows(job, "out/z__"), text);
}

TEST_F(ObjectJobTest, LinesThatAreNoRowsLandInTheQuarantine) {
    put("in/a.csv", "id,n\n1,a\n2\n3,\"b\"c\n4,d,e\n5,\xff\n6,f\n");
    const JobSpec job = script("out/d", {{"skipHeader", true}}, 10);
    ASSERT_TRUE(process(job).ok());
    EXPECT_EQ(rows(job, "out/d__"), "1,a\n6,f\n");
    const auto held = read_quarantine(files_, "/state/quarantine/" + last_.text() + ".jsonl");
    ASSERT_TRUE(held.ok());
    ASSERT_EQ(held->size(), 4u);
    EXPECT_EQ(held->front().shard, ShardId("in/a.csv"));
    EXPECT_EQ(held->front().reason, "line 3: it has 1 field, the first row has 2");
    EXPECT_EQ(json::parse(held->front().json)["record"], "2\n");
    EXPECT_EQ(held->at(3).column_name, "field1");
    EXPECT_EQ(receipt()["counts"]["quarantined"], 4);
}

TEST_F(ObjectJobTest, TooManyBadLinesLeaveNothing) {
    put("in/a.csv", "1,a\n2\n");
    const JobSpec job = script("out/e");
    EXPECT_EQ(process(job).code(), Code::kDirtyRecord);
    oss::Client client(context_, read_oss_writer(job.writer)->address);
    EXPECT_TRUE(client.list_objects("out/e")->empty());
}

// The object is replaced after some of its parts were staged: the run is given up, and no upload
// stays open.
TEST_F(ObjectJobTest, ARunWhoseSourceChangesLeavesNothingBehind) {
    put("in/a.csv", lines(3, 600'000));
    const JobSpec job = script("out/c");
    int parts = 0;
    on_request_ = [&](const HttpRequest& request) {
        if (request.url.find("partNumber=") != std::string::npos && ++parts == 4) crash_.after(0);
    };
    EXPECT_FALSE(process(job).ok());
    ASSERT_TRUE(crash_.dead());
    crash_.never();
    on_request_ = {};
    ASSERT_TRUE(store_.void_claims().ok());
    work_.waiting.clear();
    events_.waiting.clear();
    oss::Client client(context_, read_oss_writer(job.writer)->address);
    EXPECT_FALSE(client.list_multipart_uploads("")->empty());

    put("in/a.csv", lines(4, 600'000));
    items_may_fail_ = true;
    EXPECT_EQ(process(job).code(), Code::kSourceChanged);
    EXPECT_EQ(store_.instance(last_)->state, InstanceState::kCancelled);
    EXPECT_EQ(rows(job, "out/c"), "");  // and no upload is open
    ASSERT_TRUE(process(job).ok());
    EXPECT_EQ(sorted_rows(rows(job, "out/c")), sorted_rows(lines(4, 600'000)));
}

TEST_F(ObjectJobTest, NoObjectIsAnErrorUnlessTheScriptSaysOtherwise) {
    EXPECT_EQ(process(script("out/n")).code(), Code::kConfig);
    const JobSpec job = script("out/n", {{"successOnNoObject", true}});
    ASSERT_TRUE(process(job).ok());
    EXPECT_EQ(receipt()["counts"]["read"], 0);
}

}  // namespace
}  // namespace millrace
