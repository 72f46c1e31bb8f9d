#include "coordinator/commit/oss.h"

#include "common/codec/crc64.h"
#include "common/services/oss/staging.h"
#include "coordinator/start.h"
#include "tests/unit/oss_bucket.h"

namespace millrace {
namespace {

using nlohmann::json;

constexpr int64_t kMinute = 60'000;

class OssCommitTest : public OssBucketTest {
  protected:
    OssCommitTest() { config_.write_mode = OssWriteMode::kTruncate; }

    static Window window(int64_t start, int64_t end) {
        return {from_millis(start * kMinute), from_millis(end * kMinute)};
    }
    static oss::Naming naming(const Window& window, int replay = 0) {
        return {.object = "dir/orders", .suffix = ".csv", .window = window, .replay = replay};
    }
    OssCommit commit(const Window& window, int replay = 0, const TaskId& task = kTask) {
        config_.address = client_.config();
        return OssCommit(context_, config_, naming(window, replay), task);
    }
    static InstanceView instance(const Window& window, int replay = 0) {
        InstanceView view;
        view.run = RunId("run");
        view.task = kTask;
        view.window = window;
        view.number = replay;
        view.kind = replay == 0 ? RunKind::kFirst : RunKind::kReplay;
        return view;
    }
    static json receipt(const Window& window, const TaskId& task = kTask) {
        return {
            {"task", task.text()},
            {"window", {{"start_ms", to_millis(window.start)}, {"end_ms", to_millis(window.end)}}},
            {"meta", {{"host", "here"}}}};
    }
    // An item that has staged one object in two parts.
    ItemView item(const Window& window, const std::string& shard, int replay = 0,
                  const std::string& text = "row\n") {
        ItemView item;
        item.item = ItemId("run/" + shard);
        item.shard = ShardId(shard);
        item.state = ItemState::kWritten;
        const std::string name = oss::object_name(naming(window, replay), item.shard, 0);
        const auto upload = client_.initiate_multipart(name);
        EXPECT_TRUE(upload.ok());
        uint32_t number = 0;
        for (const std::string& bytes : {std::string(120'000, 'x') + "\n", text}) {
            const auto part = client_.upload_part(name, *upload, ++number, bytes);
            EXPECT_TRUE(part.ok()) << part.status().text();
            const oss::StagedPart staged{name,         *upload, number, part->etag, crc64(0, bytes),
                                         bytes.size(), 1,       {}};
            item.progress.new_parts.push_back({0, number, staged.json()});
        }
        return item;
    }

    // Everything from the intent to the end.
    Status run(OssCommit& commit, const InstanceView& instance,
               const std::vector<ItemView>& items) {
        MILLRACE_TRY(commit.prepare(instance));
        MILLRACE_ASSIGN(const std::string intent, commit.make_intent(instance, items));
        return finish(commit, instance);
    }
    Status finish(OssCommit& commit, const InstanceView& instance, const TaskId& task = kTask) {
        for (size_t i = 0; i < commit.pieces(); ++i) MILLRACE_TRY(commit.complete(i));
        json made = receipt(instance.window, task);
        commit.describe(made);
        MILLRACE_TRY(commit.publish(made));
        return commit.clean();
    }
    void committed(const Window& window, const std::string& shard, int replay = 0,
                   const TaskId& task = kTask) {
        OssCommit one = commit(window, replay, task);
        const InstanceView view = instance(window, replay);
        const std::vector<ItemView> items = {item(window, shard, replay)};
        ASSERT_TRUE(one.prepare(view).ok());
        const auto intent = one.make_intent(view, items);
        ASSERT_TRUE(intent.ok()) << intent.status().text();
        const Status status = finish(one, view, task);
        ASSERT_TRUE(status.ok()) << status.text();
    }
    std::vector<std::string> objects() {
        std::vector<std::string> names;
        const auto listed = client_.list_objects("dir/");
        EXPECT_TRUE(listed.ok());
        for (const auto& object : *listed) names.push_back(object.key);
        return names;
    }
    static std::string object(const Window& window, const std::string& shard, int replay = 0) {
        return oss::object_name(naming(window, replay), ShardId(shard), 0);
    }
    static std::string manifest(const Window& window, int replay = 0, const TaskId& task = kTask) {
        return oss::manifest_name(naming(window, replay), task);
    }
    static std::vector<std::string> sorted(std::vector<std::string> names) {
        std::sort(names.begin(), names.end());
        return names;
    }

    inline static const TaskId kTask{"0123456789abcdef"};
    OssWriterConfig config_;
};

TEST_F(OssCommitTest, NothingIsVisibleBeforeTheCommitAndAllOfItAfter) {
    const Window w = window(0, 5);
    const std::vector<ItemView> items = {item(w, "a"), item(w, "b")};
    EXPECT_TRUE(objects().empty());
    OssCommit one = commit(w);
    const Status status = run(one, instance(w), items);
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(objects(), sorted({manifest(w), object(w, "a"), object(w, "b")}));
    EXPECT_EQ(client_.head_object(object(w, "a"))->length, 120'005u);
}

TEST_F(OssCommitTest, AWindowWithoutRecordsLeavesAManifestOnly) {
    const Window w = window(0, 5);
    OssCommit one = commit(w);
    ItemView empty;
    empty.state = ItemState::kWritten;
    ASSERT_TRUE(run(one, instance(w), {empty}).ok());
    EXPECT_EQ(objects(), std::vector<std::string>{manifest(w)});
}

TEST_F(OssCommitTest, TheManifestIsTheReceiptWithoutWhatDiffersBetweenRuns) {
    const Window w = window(0, 5);
    committed(w, "a");
    const auto text = client_.get_object(manifest(w));
    ASSERT_TRUE(text.ok());
    const json found = json::parse(text->view());
    EXPECT_FALSE(found.contains("meta"));
    EXPECT_EQ(found.at("objects").at(0).at("name"), object(w, "a"));
    EXPECT_EQ(found.at("objects").at(0).at("rows"), 2);
}

TEST_F(OssCommitTest, TruncateRemovesWindowsThatLieInsideAndNoOthers) {
    committed(window(0, 5), "a");
    committed(window(5, 10), "b");
    committed(window(10, 15), "c");
    ASSERT_TRUE(client_.put_object("dir/orders__by-hand.csv", "x").ok());
    committed(window(0, 10), "d");
    EXPECT_EQ(objects(),
              sorted({manifest(window(0, 10)), object(window(0, 10), "d"), manifest(window(10, 15)),
                      object(window(10, 15), "c"), "dir/orders__by-hand.csv"}));
}

TEST_F(OssCommitTest, TruncateRefusesAPartialOverlapWithBothRanges) {
    committed(window(0, 10), "a");
    OssCommit one = commit(window(5, 15));
    const Status status = one.prepare(instance(window(5, 15)));
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find(to_text(window(5, 15))), std::string::npos) << status.text();
    EXPECT_NE(status.text().find(to_text(window(0, 10))), std::string::npos) << status.text();
}

TEST_F(OssCommitTest, ManifestsOfOtherTasksAreLeftAlone) {
    const TaskId far("ffffffffffffffff");
    const TaskId near("0123456700000000");  // the same in names
    committed(window(0, 5), "a", 0, far);
    committed(window(2, 7), "b", 0, near);
    committed(window(0, 10), "c");
    EXPECT_EQ(objects().size(), 6u);
    OssCommit one = commit(window(1, 6), 0, TaskId("0123456799999999"));
    EXPECT_TRUE(one.prepare(instance(window(1, 6))).ok());
}

TEST_F(OssCommitTest, OnlyManifestsThatOverlapAreFetched) {
    for (int64_t i = 0; i < 5; ++i) committed(window(i * 5, i * 5 + 5), "a");
    requests_.clear();
    committed(window(25, 30), "a");
    EXPECT_EQ(sent(Method::kGet, "/_millrace/orders"), 0u);
}

TEST_F(OssCommitTest, AppendRemovesNothing) {
    config_.write_mode = OssWriteMode::kAppend;
    committed(window(0, 5), "a");
    committed(window(0, 10), "b");
    EXPECT_EQ(objects().size(), 4u);
}

TEST_F(OssCommitTest, AReplayRemovesTheRunItReplacesInEveryMode) {
    for (const OssWriteMode mode : {OssWriteMode::kTruncate, OssWriteMode::kAppend}) {
        config_.write_mode = mode;
        const Window w = mode == OssWriteMode::kAppend ? window(0, 5) : window(5, 10);
        committed(w, "a");
        committed(w, "a", 1);
    }
    EXPECT_EQ(objects(), sorted({manifest(window(0, 5), 1), object(window(0, 5), "a", 1),
                                 manifest(window(5, 10), 1), object(window(5, 10), "a", 1)}));
}

TEST_F(OssCommitTest, AnObjectCompletedByAnEarlierTryIsDone) {
    const Window w = window(0, 5);
    OssCommit one = commit(w);
    const auto intent = one.make_intent(instance(w), {item(w, "a")});
    ASSERT_TRUE(one.complete(0).ok());
    OssCommit next = commit(w);
    ASSERT_TRUE(next.load(*intent).ok());
    EXPECT_EQ(next.complete(0).service_code(), "NoSuchUpload");
    EXPECT_TRUE(*next.look(0));
    EXPECT_EQ(next.items_of(0), std::vector<ItemId>{ItemId("run/a")});
}

TEST_F(OssCommitTest, AnUploadThatIsGoneIsLost) {
    const Window w = window(0, 5);
    OssCommit one = commit(w);
    ItemView staged = item(w, "a");
    const auto part = oss::StagedPart::parse(staged.progress.new_parts[0].data);
    ASSERT_TRUE(one.make_intent(instance(w), {staged}).ok());
    ASSERT_TRUE(client_.abort_multipart(part->name, part->upload).ok());
    EXPECT_EQ(one.complete(0).service_code(), "NoSuchUpload");
    EXPECT_FALSE(*one.look(0));
}

TEST_F(OssCommitTest, AnObjectWithAnotherCheckSumIsNotDone) {
    const Window w = window(0, 5);
    OssCommit one = commit(w);
    ItemView staged = item(w, "a");
    auto part = *oss::StagedPart::parse(staged.progress.new_parts[1].data);
    part.crc64 ^= 1;
    staged.progress.new_parts[1].data = part.json();
    ASSERT_TRUE(one.make_intent(instance(w), {staged}).ok());
    EXPECT_EQ(one.complete(0).code(), Code::kFatal);
    EXPECT_FALSE(*one.look(0));
}

// A refusal that says nothing about the upload must not send the whole window back.
TEST_F(OssCommitTest, AnOddRefusalIsTriedAgainAndProvesNothing) {
    const Window w = window(0, 5);
    OssCommit one = commit(w);
    ASSERT_TRUE(one.make_intent(instance(w), {item(w, "a")}).ok());
    hook_ = [](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        if (request.method != Method::kPost) return answer;
        return FakeHttp::answer(400, "<Error><Code>MalformedXML</Code></Error>");
    };
    const Status status = one.complete(0);
    EXPECT_TRUE(status.retryable()) << status.text();
    EXPECT_NE(status.text().find("MalformedXML"), std::string::npos) << status.text();
}

TEST_F(OssCommitTest, ObjectsMadeVisibleByALostAttemptAreUndoneOrWrittenAgain) {
    const Window w = window(0, 5);
    OssCommit first = commit(w);
    InstanceView view = instance(w);
    const auto earlier = first.make_intent(view, {item(w, "a"), item(w, "b")});
    ASSERT_TRUE(first.complete(0).ok());
    ASSERT_TRUE(first.complete(1).ok());
    view.intent = *earlier;
    // The redo has no object of "a" any more and other bytes in "b".
    OssCommit second = commit(w);
    const auto again = second.make_intent(view, {item(w, "b", 0, "other row\n")});
    EXPECT_EQ(parse_oss_intent(*again)->undone, std::vector<std::string>{object(w, "a")});
    // Lost once more: "a" stays listed.
    view.intent = *again;
    OssCommit third = commit(w);
    const auto last = third.make_intent(view, {item(w, "b", 0, "other row\n")});
    EXPECT_EQ(parse_oss_intent(*last)->undone, std::vector<std::string>{object(w, "a")});
    const Status status = finish(third, view);
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(objects(), sorted({manifest(w), object(w, "b")}));
    EXPECT_EQ(client_.head_object(object(w, "b"))->length, 120'011u);
}

TEST_F(OssCommitTest, UploadsThatLostAttemptsLeftOpenAreAborted) {
    const Window w = window(0, 5);
    ASSERT_TRUE(client_.initiate_multipart(object(w, "lost")).ok());
    const std::string next = object(window(5, 10), "a");
    ASSERT_TRUE(client_.initiate_multipart(next).ok());
    committed(w, "a");
    const auto open = client_.list_multipart_uploads("dir/");
    ASSERT_EQ(open->size(), 1u);
    EXPECT_EQ(open->front().key, next);
}

TEST_F(OssCommitTest, NonConflictIsJudgedAtTheStart) {
    config_.write_mode = OssWriteMode::kNonConflict;
    ASSERT_TRUE(client_.put_object("dir/orders__by-hand.csv", "x").ok());
    OssCommit one = commit(window(0, 5));
    const Status status = one.prepare(instance(window(0, 5)));
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find("by-hand"), std::string::npos);
}

TEST_F(OssCommitTest, NonConflictGoesOnAfterACrash) {
    config_.write_mode = OssWriteMode::kNonConflict;
    const Window w = window(0, 5);
    OssCommit one = commit(w);
    InstanceView view = instance(w);
    ASSERT_TRUE(one.prepare(view).ok());
    const std::vector<ItemView> items = {item(w, "a"), item(w, "b")};
    EXPECT_TRUE(one.prepare(view).ok()) << "its own uploads are no conflict";
    const auto intent = one.make_intent(view, items);
    ASSERT_TRUE(one.complete(0).ok());
    // "b" is lost; the run is RUNNING again and its own "a" is visible.
    view.intent = *intent;
    OssCommit again = commit(w);
    EXPECT_TRUE(again.prepare(view).ok());
    ASSERT_TRUE(again.make_intent(view, {item(w, "a"), item(w, "b")}).ok());
    const Status status = finish(again, view);
    EXPECT_TRUE(status.ok()) << status.text();
}

TEST_F(OssCommitTest, NonConflictNeverReplacesAStrangersObject) {
    config_.write_mode = OssWriteMode::kNonConflict;
    const Window w = window(0, 5);
    OssCommit one = commit(w);
    const auto intent = one.make_intent(instance(w), {item(w, "a")});
    ASSERT_TRUE(client_.put_object(object(w, "a"), "theirs").ok());
    const Status status = one.complete(0);
    EXPECT_EQ(status.code(), Code::kConfig) << status.text();
    EXPECT_EQ(client_.get_object(object(w, "a"))->view(), "theirs");
}

TEST_F(OssCommitTest, AMissingBucketIsNamed) {
    hook_ = [](const HttpRequest&, HttpAnswer) -> Result<HttpAnswer> {
        return FakeHttp::answer(404, "<Error><Code>NoSuchBucket</Code></Error>");
    };
    OssCommit one = commit(window(0, 5));
    const Status status = one.prepare(instance(window(0, 5)));
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find("examplebucket"), std::string::npos) << status.text();
}

}  // namespace
}  // namespace millrace
