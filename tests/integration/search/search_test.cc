// The writer against a real search server: MILLRACE_SEARCH_URL names it (tests/servers/opensearch).
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/net/curl_client.h"
#include "coordinator/commit/elasticsearch_index.h"
#include "worker/targets/elasticsearch/writer.h"

namespace millrace::elasticsearch {
namespace {

using nlohmann::json;

constexpr int64_t kTime = 1'700'000'000'000'000;

class SearchTest : public ::testing::Test {
  protected:
    void SetUp() override {
        const char* url = std::getenv("MILLRACE_SEARCH_URL");
        if (!url) GTEST_SKIP() << "MILLRACE_SEARCH_URL is not set";
        index_ = "millrace-test-" + random_.hex(10);
        spec_.plugin = "elasticsearch";
        spec_.parameters = {{"endpoint", url},
                            {"index", index_},
                            {"deletes", "propagate"},
                            {"column",
                             {{{"name", "uid"}, {"type", "id"}},
                              {{"name", "name"}, {"type", "text"}},
                              {{"name", "age"}, {"type", "long"}},
                              {{"name", "born"}, {"type", "date"}}}}};
        open();
        const auto prepared = prepare_index(*client_, config_, "run1");
        ASSERT_TRUE(prepared.ok()) << prepared.status().text();
        EXPECT_TRUE(prepared->created);
        EXPECT_TRUE(prepared->notes.empty());
    }
    void TearDown() override {
        if (!client_) return;
        EXPECT_TRUE(client_->delete_index(index_).ok());
    }

    void open(WriterOptions options = {}) {
        const auto config = read_writer_config(spec_);
        ASSERT_TRUE(config.ok()) << config.status().text();
        config_ = *config;
        client_ = std::make_unique<Client>(context_, config_.client);
        options.source = {{"uid"}, {"uid", "name", "age", "born"}};
        auto writer = Writer::create(context_, config_, std::move(options));
        ASSERT_TRUE(writer.ok()) << writer.status().text();
        writer_ = std::move(*writer);
        ASSERT_TRUE(writer_->begin("", {}).ok());
    }

    Append change(ChangeKind kind, const std::string& uid, int us, std::vector<Value> cells = {},
                  uint32_t row = 0) {
        const Value key[] = {Value::of_string(uid)};
        cells.insert(cells.begin(), key[0]);
        Change one;
        one.kind = kind;
        one.sequence = {0, kTime + us, row};
        one.ordered_us = kTime + us;
        one.key = key;
        one.width = 4;
        if (kind != ChangeKind::kDelete) {
            one.values = cells;
            one.rows = 1;
        }
        return writer_->append(one);
    }
    Delivered deliver() {
        const Status sent = writer_->send(false);
        EXPECT_TRUE(sent.ok()) << sent.text();
        auto delivered = writer_->acknowledge();
        EXPECT_TRUE(delivered.ok()) << delivered.status().text();
        return delivered.ok() ? *delivered : Delivered{};
    }
    // The document, or null.
    json document(const std::string& uid) {
        const auto found = client_->get(index_, uid);
        EXPECT_TRUE(found.ok()) << found.status().text();
        return found.ok() && *found ? (**found)["_source"] : json();
    }
    static Value text(std::string_view value) { return Value::of_string(value); }

    PluginSpec spec_;
    WriterConfig config_;
    SystemClock clock_;
    SystemRandom random_;
    CurlClient http_{clock_};
    CallContext context_{http_, clock_, random_, {}, {}};
    std::unique_ptr<Client> client_;
    std::unique_ptr<Writer> writer_;
    std::string index_;
};

TEST_F(SearchTest, TheProbeKnowsTheServer) {
    const auto server = client_->probe();
    ASSERT_TRUE(server.ok()) << server.status().text();
    EXPECT_TRUE(server->typeless);
    std::cout << "server: " << server->distribution << " " << server->version << "\n";
}

TEST_F(SearchTest, PutsOfAllTypesOfValuesArriveAndAreRepeatable) {
    for (int round = 0; round < 2; ++round) {
        change(ChangeKind::kPut, "a/b \"中\"", 1,
               {text("x\ny\"\\中"), Value::of_integer(INT64_MIN), text("2026-11-21")});
        change(ChangeKind::kPut, "2", 2, {Value(), Value::null(), Value()});
        EXPECT_TRUE(deliver().refused.empty());
        EXPECT_EQ(document("a/b \"中\""),
                  (json{{"name", "x\ny\"\\中"}, {"age", INT64_MIN}, {"born", "2026-11-21"}}));
        EXPECT_EQ(document("2"), (json{{"name", nullptr}, {"age", nullptr}, {"born", nullptr}}));
    }
    ASSERT_TRUE(finish_index(*client_, config_, "").ok());
    EXPECT_EQ(*client_->count(index_), 2u);
}

TEST_F(SearchTest, UpdatesChangeOnlyTheirColumns) {
    change(ChangeKind::kPut, "1", 1, {text("Ann"), Value::of_integer(7), text("2026-01-01")});
    deliver();
    change(ChangeKind::kUpdate, "1", 2, {Value(), Value::of_integer(8), Value::null()});
    change(ChangeKind::kUpdate, "new", 2, {text("Bob"), Value(), Value()});
    deliver();
    EXPECT_EQ(document("1"), (json{{"name", "Ann"}, {"age", 8}, {"born", nullptr}}));
    EXPECT_EQ(document("new"), (json{{"name", "Bob"}}));
    // Within one batch.
    change(ChangeKind::kUpdate, "1", 3, {text("Cid"), Value(), Value()});
    change(ChangeKind::kUpdate, "1", 4, {Value(), Value::of_integer(9), Value()});
    deliver();
    EXPECT_EQ(document("1"), (json{{"name", "Cid"}, {"age", 9}, {"born", nullptr}}));
}

TEST_F(SearchTest, OlderBatchesAfterNewerOnesChangeNothing) {
    change(ChangeKind::kPut, "1", 5, {text("new"), Value(), Value()});
    change(ChangeKind::kPut, "gone", 5, {text("x"), Value(), Value()});
    change(ChangeKind::kDelete, "gone", 6);
    deliver();
    change(ChangeKind::kPut, "1", 1, {text("old"), Value(), Value()});
    change(ChangeKind::kUpdate, "1", 2, {text("old"), Value(), Value()});
    change(ChangeKind::kPut, "gone", 1, {text("old"), Value(), Value()});
    EXPECT_TRUE(deliver().refused.empty());
    change(ChangeKind::kUpdate, "gone", 2, {text("old"), Value(), Value()});
    EXPECT_TRUE(deliver().refused.empty());
    EXPECT_EQ(document("1")["name"], "new");
    EXPECT_EQ(document("gone"), json());
}

TEST_F(SearchTest, DeletesArePropagatedOrDropped) {
    change(ChangeKind::kPut, "1", 1, {text("x"), Value(), Value()});
    deliver();
    change(ChangeKind::kDelete, "1", 2);
    change(ChangeKind::kDelete, "never seen", 2);
    EXPECT_TRUE(deliver().refused.empty());
    EXPECT_EQ(document("1"), json());
    change(ChangeKind::kPut, "1", 3, {text("y"), Value(), Value()});
    deliver();
    spec_.parameters["deletes"] = "drop";
    open();
    const Append dropped = change(ChangeKind::kDelete, "1", 4);
    EXPECT_EQ(dropped.kind, Append::Kind::kDropped);
    EXPECT_EQ(dropped.rule, DropRule::kDeleteInRowMode);
    EXPECT_FALSE(writer_->has_open_batch());
    EXPECT_EQ(document("1")["name"], "y");
}

TEST_F(SearchTest, DirtyDocumentsAreRefusedAloneEvenWhenFolded) {
    change(ChangeKind::kPut, "1", 1, {text("good"), Value(), text("2026-01-01")});
    change(ChangeKind::kPut, "2", 1, {text("bad"), Value(), text("no date")});
    change(ChangeKind::kPut, "3", 1, {text("good"), Value(), Value()});
    change(ChangeKind::kUpdate, "1", 2, {Value(), Value::of_integer(3), text("no date")});
    change(ChangeKind::kUpdate, "1", 3, {Value(), Value::of_integer(4), Value()});
    const Delivered delivered = deliver();
    ASSERT_EQ(delivered.refused.size(), 2u);
    EXPECT_EQ(delivered.refused[0].change, 1u);
    EXPECT_EQ(delivered.refused[1].change, 3u);
    EXPECT_EQ(delivered.refused[0].column, 3);
    EXPECT_EQ(delivered.refused[0].reason.find("no date"), std::string::npos);
    EXPECT_EQ(document("1"), (json{{"name", "good"}, {"age", 4}, {"born", "2026-01-01"}}));
    EXPECT_EQ(document("2"), json());
    EXPECT_EQ(document("3")["name"], "good");
}

TEST_F(SearchTest, ImagesOvertakeWhatIsStoredAndDeleteWhatIsGone) {
    change(ChangeKind::kPut, "1", 9, {text("stale"), Value::of_integer(1), Value()});
    change(ChangeKind::kPut, "gone", 9, {text("stale"), Value(), Value()});
    deliver();
    std::map<std::string, std::vector<Value>> rows;
    rows["1"] = {text("1"), text("now"), Value(), Value()};
    rows["fresh"] = {text("fresh"), text("now"), Value(), Value()};
    WriterOptions options;
    options.by_image = true;
    options.images = [&](std::span<const RowKey> keys) {
        std::vector<std::optional<ImageRow>> found;
        for (const RowKey& key : keys) {
            const auto row = rows.find(std::string(key[0].bytes));
            found.push_back(row == rows.end() ? std::nullopt
                                              : std::optional(ImageRow{nullptr, row->second}));
        }
        return Result<std::vector<std::optional<ImageRow>>>(std::move(found));
    };
    open(std::move(options));
    change(ChangeKind::kUpdate, "1", 1, {text("old"), Value(), Value()});
    change(ChangeKind::kPut, "gone", 1, {text("old"), Value(), Value()});
    change(ChangeKind::kPut, "fresh", 1, {text("old"), Value(), Value()});
    EXPECT_TRUE(deliver().refused.empty());
    EXPECT_EQ(document("1"), (json{{"name", "now"}, {"age", nullptr}, {"born", nullptr}}));
    EXPECT_EQ(document("gone"), json());
    EXPECT_EQ(document("fresh")["name"], "now");
}

TEST_F(SearchTest, CleanupMappingConflictAndAlias) {
    change(ChangeKind::kPut, "1", 1, {text("x"), Value(), Value()});
    deliver();
    config_.cleanup = true;
    ASSERT_TRUE(prepare_index(*client_, config_, "run1").ok());
    EXPECT_EQ(document("1")["name"], "x");
    ASSERT_TRUE(prepare_index(*client_, config_, "run2").ok());
    EXPECT_EQ(document("1"), json());
    config_.cleanup = false;
    config_.alias = index_ + "-alias";
    config_.alias_exclusive = true;
    ASSERT_TRUE(finish_index(*client_, config_, "").ok());
    ASSERT_TRUE(finish_index(*client_, config_, "").ok());
    EXPECT_EQ(*client_->alias_holders(config_.alias), std::vector<std::string>{index_});
    // Through the alias.
    spec_.parameters["index"] = config_.alias;
    open();
    ASSERT_TRUE(prepare_index(*client_, config_, "run3").ok());
    change(ChangeKind::kPut, "2", 1, {text("y"), Value(), Value()});
    deliver();
    EXPECT_EQ(document("2")["name"], "y");
    config_.columns[1].mapping["type"] = "keyword";
    EXPECT_EQ(prepare_index(*client_, config_, "run3").status().code(), Code::kConfig);
}

TEST_F(SearchTest, AnIndexThatWasReplacedIsNoticedAtTheEnd) {
    const auto prepared = prepare_index(*client_, config_, "run1");
    ASSERT_TRUE(finish_index(*client_, config_, prepared->uuid).ok());
    ASSERT_TRUE(client_->delete_index(index_).ok());
    // The server makes an index of its own on the first write.
    change(ChangeKind::kPut, "1", 1, {text("x"), Value(), Value()});
    deliver();
    EXPECT_EQ(finish_index(*client_, config_, prepared->uuid).code(), Code::kFatal);
}

TEST_F(SearchTest, AWriteBlockIsTriedAgainAndThenFails) {
    ASSERT_TRUE(client_->delete_index(index_).ok());
    json settings = {{"settings", {{"index.blocks.write", true}}}};
    ASSERT_TRUE(client_->create_index(index_, settings).ok());
    spec_.parameters["trySize"] = 2;
    spec_.parameters["tryInterval"] = 10;
    open();
    change(ChangeKind::kPut, "1", 1, {text("x"), Value(), Value()});
    ASSERT_TRUE(writer_->send(false).ok());
    EXPECT_EQ(writer_->acknowledge().status().code(), Code::kRetry);
}

}  // namespace
}  // namespace millrace::elasticsearch
