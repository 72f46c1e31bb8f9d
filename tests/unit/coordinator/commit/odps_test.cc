#include "coordinator/commit/odps.h"

#include "common/store/memory_store.h"
#include "coordinator/commit_driver.h"
#include "tests/unit/support/fake_project.h"

namespace millrace {
namespace {

using maxcompute::FakeProject;
using nlohmann::json;

constexpr int64_t kMinute = 60'000;
constexpr const char* kPartition = "pt=20261121";

class OdpsCommitTest : public maxcompute::FakeProjectTest {
  protected:
    OdpsCommitTest() {
        writer_.address.project = "shop";
        writer_.table = "orders";
        writer_.partition = {{"pt", "20261121"}};
        writer_.truncate = true;
    }

    static Window window(int64_t start, int64_t end) {
        return {from_millis(start * kMinute), from_millis(end * kMinute)};
    }
    OdpsCommit target() {
        return OdpsCommit({context_, store_, shape_, std::chrono::seconds(3)}, config_, writer_);
    }
    InstanceView view(const RunId& run) { return *store_.instance(run); }
    Status prepare(const RunId& run) { return target().prepare(view(run)); }

    RunId create(const Window& window, RunKind kind = RunKind::kFirst) {
        const RunId run("run" + std::to_string(++runs_));
        const auto created = store_.create_instance({.run = run,
                                                     .task = TaskId("task"),
                                                     .window = window,
                                                     .kind = kind,
                                                     .job_version = "1",
                                                     .encoder_version = "1",
                                                     .job = "{}",
                                                     .control = {}});
        EXPECT_TRUE(created.ok()) << created.status().text();
        const NewItem item{ItemId(run.text() + "/1"), ShardId("s"), "{}"};
        EXPECT_TRUE(store_.add_items(run, std::span(&item, 1)).ok());
        return run;
    }
    // The worker: a block for each list of ids.
    void write(const RunId& run, const std::vector<std::vector<int64_t>>& blocks) {
        const auto claimed =
            store_.claim(ItemId(run.text() + "/1"), ClaimId("c" + std::to_string(++claims_)),
                         std::chrono::seconds(30));
        ASSERT_TRUE(claimed.ok()) << claimed.status().text();
        const auto staging = maxcompute::RunStaging::parse(claimed->run_staging);
        ASSERT_TRUE(staging.ok()) << staging.status().text();
        Progress progress;
        for (const auto& ids : blocks) {
            const uint32_t number = store_.reserve_of_run(claimed->fence, 1)->first;
            const std::string bytes = block(ids);
            ASSERT_TRUE(client_.put_block(place(), staging->session, number, bytes).ok());
            const maxcompute::StagedBlock staged{
                staging->session, number, ids.size(), bytes.size(), {}};
            progress.new_parts.push_back(
                {0, static_cast<uint32_t>(progress.new_parts.size() + 1), staged.json()});
        }
        ASSERT_TRUE(store_.finish(claimed->fence, progress, {EndKind::kBorder, "end"}).ok());
        ASSERT_TRUE(store_.record_borders(run, {}).ok());
    }
    // One process.
    Result<CommitOutcome> commit(const RunId& run) {
        OdpsCommit one = target();
        const CommitDriverParts parts{
            store_, one, clock_, {}, [](const InstanceView&) -> Result<json> {
                return json::object();
            }};
        return commit_instance(parts, run);
    }
    RunId committed(const Window& window, const std::vector<int64_t>& ids,
                    RunKind kind = RunKind::kFirst) {
        const RunId run = create(window, kind);
        const Status prepared = prepare(run);
        EXPECT_TRUE(prepared.ok()) << prepared.text();
        write(run, {ids});
        const auto outcome = commit(run);
        EXPECT_TRUE(outcome.ok()) << outcome.status().text();
        EXPECT_EQ(*outcome, CommitOutcome::kCommitted);
        return run;
    }
    uint64_t rows() { return project_.visible_rows(kPartition); }
    FakeProject::Session& session(const RunId& run) {
        return project_.sessions.at(maxcompute::RunStaging::parse(view(run).staging)->session);
    }
    std::string refusal(const RunId& run) {
        const Status status = prepare(run);
        EXPECT_EQ(status.code(), Code::kConfig);
        return status.text();
    }

    OdpsWriterConfig writer_;
    RecordShape shape_;
    MemoryStore store_{clock_};
    int runs_ = 0, claims_ = 0;
};

TEST_F(OdpsCommitTest, NothingIsVisibleBeforeTheCommitAndAllOfItAfter) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    write(run, {{1, 2}, {3}});
    EXPECT_EQ(rows(), 0u);
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(rows(), 3u);
    EXPECT_EQ(view(run).state, InstanceState::kCleaned);
    const json receipt = json::parse(view(run).receipt);
    EXPECT_EQ(receipt["target"]["table"], "orders");
    EXPECT_EQ(receipt["target"]["partition"], kPartition);
    EXPECT_EQ(receipt["overwrite"], true);
    ASSERT_EQ(receipt["blocks"].size(), 2u);
    EXPECT_EQ(receipt["blocks"][0]["rows"], 2);
    // A commit that is done is not done again.
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(project_.count("POST commit"), 1u);
}

// The item's first owner has lost it, and a block of it is still under way.
TEST_F(OdpsCommitTest, ACommitWaitsForAnOwnerThatMayBeWritingStill) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    const auto lost = store_.claim(ItemId("run1/1"), ClaimId("lost"), std::chrono::seconds(30));
    const uint32_t late = store_.reserve_of_run(lost->fence, 1)->first;
    clock_.advance(std::chrono::seconds(30));
    write(run, {{1, 2}});
    OdpsCommit one = target();
    const Duration before = clock_.advanced();
    // Seen while the run is driven: the time counts from here on.
    one.saw(*store_.items(run));
    clock_.advance(std::chrono::seconds(2));
    session(run).blocks[late] = block({7});
    const auto intent = one.make_intent(view(run), *store_.items(run));
    ASSERT_TRUE(intent.ok()) << intent.status().text();
    EXPECT_EQ(clock_.advanced() - before, std::chrono::seconds(3));
    EXPECT_EQ(json::parse(*intent)["strays"], json({late}));
    // Another process has seen nothing yet and waits for all of it.
    OdpsCommit other = target();
    ASSERT_TRUE(other.make_intent(view(run), *store_.items(run)).ok());
    EXPECT_EQ(clock_.advanced() - before, std::chrono::seconds(6));
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(rows(), 2u);
}

TEST_F(OdpsCommitTest, NobodyIsWaitedForWhoGaveItsItemBackOrIsDead) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    const auto back = store_.claim(ItemId("run1/1"), ClaimId("back"), std::chrono::seconds(30));
    ASSERT_TRUE(store_.release(back->fence, true).ok());
    (void)store_.claim(ItemId("run1/1"), ClaimId("expires"), std::chrono::seconds(30));
    clock_.advance(std::chrono::seconds(30));
    (void)store_.claim(ItemId("run1/1"), ClaimId("dies"), std::chrono::seconds(30));
    ASSERT_TRUE(store_.void_claims().ok());  // the next holder of the state folder
    const Duration before = clock_.advanced();
    write(run, {{1}});
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(clock_.advanced(), before);
}

TEST_F(OdpsCommitTest, NobodyIsWaitedForWhoKnowsAnotherSessionOnly) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    (void)store_.claim(ItemId("run1/1"), ClaimId("lost"), std::chrono::seconds(30));
    clock_.advance(std::chrono::seconds(30));
    (void)store_.claim(ItemId("run1/1"), ClaimId("holds"), std::chrono::seconds(30));
    session(run).state = "expired";
    OdpsCommit one = target();
    one.saw(*store_.items(run));
    ASSERT_TRUE(one.prepare(view(run)).ok());
    const Duration before = clock_.advanced();
    write(run, {{1}});
    const auto intent = one.make_intent(view(run), *store_.items(run));
    ASSERT_TRUE(intent.ok()) << intent.status().text();
    EXPECT_EQ(clock_.advanced(), before);
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(clock_.advanced(), before);
}

// Between the end of one session and the next one no item is begun in the former.
TEST_F(OdpsCommitTest, ASessionThatNoLongerServesIsTakenFromTheRunFirst) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    const auto held = store_.claim(ItemId("run1/1"), ClaimId("held"), std::chrono::seconds(30));
    ASSERT_TRUE(held.ok());
    session(run).state = "expired";
    std::vector<std::string> seen;
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        if (request.url.find("uploads") == std::string::npos) return {};
        const auto early =
            store_.claim(ItemId("run1/1"), ClaimId("early"), std::chrono::seconds(30));
        EXPECT_TRUE(early.ok()) << early.status().text();
        if (!early.ok()) return {};
        seen.push_back(early->run_staging);
        EXPECT_TRUE(store_.release(early->fence, false).ok());
        return {};
    };
    ASSERT_TRUE(prepare(run).ok());
    EXPECT_EQ(seen, std::vector<std::string>{""});
    project_.before = {};
    EXPECT_EQ(store_.park(ItemId("run1/1"), held->fence, "too late").code(), Code::kLeaseLost);
    write(run, {{1}});
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
}

TEST_F(OdpsCommitTest, AStopEndsTheWaitForAnOwner) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    (void)store_.claim(ItemId("run1/1"), ClaimId("lost"), std::chrono::seconds(30));
    clock_.advance(std::chrono::seconds(30));
    write(run, {{1}});
    std::stop_source stop;
    stop.request_stop();
    context_.stop = stop.get_token();
    EXPECT_EQ(target().make_intent(view(run), *store_.items(run)).status().code(),
              Code::kCancelled);
    context_.stop = {};
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
}

TEST_F(OdpsCommitTest, AWindowWithoutRecordsClearsOrLeavesThePartition) {
    committed(window(0, 5), {1});
    const RunId empty = create(window(5, 10));
    ASSERT_TRUE(prepare(empty).ok());
    write(empty, {});
    EXPECT_EQ(*commit(empty), CommitOutcome::kCommitted);
    EXPECT_EQ(rows(), 1u);
}

TEST_F(OdpsCommitTest, TruncateClearsAPartitionOnce) {
    project_.visible[kPartition] = {block({100, 101})};
    committed(window(0, 5), {1, 2});
    EXPECT_EQ(rows(), 2u);
    committed(window(5, 10), {3});
    EXPECT_EQ(rows(), 3u);
    // Another partition is another beginning.
    project_.visible["pt=20261122"] = {block({200})};
    writer_.partition = {{"PT", "20261122"}};
    const RunId next = create(window(10, 15));
    ASSERT_TRUE(prepare(next).ok());
    EXPECT_TRUE(session(next).overwrite);
    EXPECT_EQ(session(next).partition, "pt=20261122");
}

TEST_F(OdpsCommitTest, TruncateByInstanceClearsItEachTime) {
    writer_.truncate_scope = TruncateScope::kInstance;
    committed(window(0, 5), {1, 2});
    committed(window(5, 10), {3});
    EXPECT_EQ(rows(), 1u);
}

TEST_F(OdpsCommitTest, WithoutTruncateRowsAreAdded) {
    writer_.truncate = false;
    project_.visible[kPartition] = {block({100})};
    committed(window(0, 5), {1, 2});
    committed(window(0, 0), {3});
    EXPECT_EQ(rows(), 4u);
    EXPECT_EQ(project_.count("POST uploads overwrite"), 0u);
}

TEST_F(OdpsCommitTest, ATransferWithTruncateOverwritesEachTime) {
    committed(window(1, 1), {1, 2});
    committed(window(2, 2), {3});
    EXPECT_EQ(rows(), 1u);
}

TEST_F(OdpsCommitTest, TwoWindowsThatBothMeantToOverwriteDoNotLoseRows) {
    const RunId first = create(window(0, 5)), second = create(window(5, 10));
    ASSERT_TRUE(prepare(first).ok());
    ASSERT_TRUE(prepare(second).ok());
    EXPECT_TRUE(session(second).overwrite);
    write(first, {{1, 2}});
    write(second, {{3}});
    EXPECT_EQ(*commit(first), CommitOutcome::kCommitted);
    // The second one's session would clear what the first has written.
    EXPECT_EQ(*commit(second), CommitOutcome::kRestaged);
    EXPECT_EQ(rows(), 2u);
    ASSERT_TRUE(prepare(second).ok());
    EXPECT_FALSE(session(second).overwrite);
    write(second, {{3}});
    EXPECT_EQ(*commit(second), CommitOutcome::kCommitted);
    EXPECT_EQ(rows(), 3u);
}

TEST_F(OdpsCommitTest, ALostAnswerIsAskedForNotRepeated) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    write(run, {{1}});
    project_.after = [](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        const bool commit =
            request.method == Method::kPost && request.url.find("uploadid=") != std::string::npos;
        if (commit) return Status(Code::kUnknownOutcome, "reset");
        return answer;
    };
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(project_.count("POST commit"), 1u);
    EXPECT_EQ(rows(), 1u);
}

TEST_F(OdpsCommitTest, AStrayBlockIsOverwrittenByAnEmptyOne) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    write(run, {{1}});
    session(run).blocks[77] = block({500, 501});
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(rows(), 1u);
    EXPECT_EQ(project_.count("PUT block 77"), 1u);
}

TEST_F(OdpsCommitTest, ABlockThatIsGoneOrCameLateSendsTheItemsBack) {
    for (const bool late : {false, true}) {
        const RunId run = create(window(late ? 5 : 0, late ? 10 : 5));
        ASSERT_TRUE(prepare(run).ok());
        write(run, {{1}, {2}});
        const uint64_t before = rows();
        bool changed = false;
        project_.after = [&](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
            // Behind the look that makes the intent.
            const bool look = request.method == Method::kGet &&
                              request.url.find("uploadid=") != std::string::npos;
            if (look && !std::exchange(changed, true)) {
                if (late) session(run).blocks[88] = block({9});
                if (!late) session(run).blocks.erase(session(run).blocks.begin());
            }
            return answer;
        };
        EXPECT_EQ(*commit(run), CommitOutcome::kRestaged) << late;
        EXPECT_EQ(rows(), before);
        ASSERT_TRUE(prepare(run).ok());
        write(run, {{1}, {2}});
        EXPECT_EQ(*commit(run), CommitOutcome::kCommitted) << late;
        EXPECT_EQ(rows(), before + 2);
        project_.after = nullptr;
    }
}

TEST_F(OdpsCommitTest, AnExpiredSessionIsMadeAnew) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    write(run, {{1}});
    const std::string old = view(run).staging;
    session(run).state = "expired";
    EXPECT_EQ(*commit(run), CommitOutcome::kRestaged);
    ASSERT_TRUE(prepare(run).ok());
    EXPECT_NE(view(run).staging, old);
    write(run, {{1}});
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(rows(), 1u);
}

// Between the intent and the commit.
TEST_F(OdpsCommitTest, ASessionThatExpiresWhileCommittingSendsTheItemsBack) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    write(run, {{1}});
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        const bool commit =
            request.method == Method::kPost && request.url.find("uploadid=") != std::string::npos;
        if (commit) session(run).state = "expired";
        return std::nullopt;
    };
    EXPECT_EQ(*commit(run), CommitOutcome::kRestaged);
    EXPECT_EQ(rows(), 0u);
    EXPECT_EQ(view(run).state, InstanceState::kRunning);
}

TEST_F(OdpsCommitTest, AMissingSessionProvesNothingAndAsksAPerson) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    write(run, {{1}});
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        const bool commit =
            request.method == Method::kPost && request.url.find("uploadid=") != std::string::npos;
        if (commit) project_.sessions.clear();
        return std::nullopt;
    };
    const Status status = commit(run).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find("look into the table"), std::string::npos);
    EXPECT_EQ(view(run).state, InstanceState::kCommitting);
}

TEST_F(OdpsCommitTest, AClosedSessionWithOtherBlocksIsNeverReceipted) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    write(run, {{1}});
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        const bool commit =
            request.method == Method::kPost && request.url.find("uploadid=") != std::string::npos;
        if (commit) session(run).blocks[99] = block({7});
        return std::nullopt;
    };
    EXPECT_EQ(commit(run).status().code(), Code::kConfig);
    EXPECT_EQ(commit(run).status().code(), Code::kConfig);
    EXPECT_EQ(view(run).state, InstanceState::kCommitting);
    EXPECT_TRUE(view(run).receipt.empty());
}

TEST_F(OdpsCommitTest, AReplayIsRefusedWhereItWouldLoseOrDoubleRows) {
    committed(window(0, 5), {1, 2});
    committed(window(0, 5), {1}, RunKind::kReplay);
    EXPECT_EQ(rows(), 1u);
    committed(window(5, 10), {3});
    const std::string shared = refusal(create(window(0, 5), RunKind::kReplay));
    EXPECT_NE(shared.find("[1970-01-01T00:05:00.000Z, 1970-01-01T00:10:00.000Z)"),
              std::string::npos);
    writer_.truncate_scope = TruncateScope::kInstance;
    const RunId last = create(window(5, 10), RunKind::kReplay);
    EXPECT_TRUE(prepare(last).ok());
    writer_.truncate = false;
    EXPECT_NE(refusal(last).find("twice"), std::string::npos);
}

TEST_F(OdpsCommitTest, AReplayOfAllWindowsOverwritesAndSaysWhatItReplaced) {
    const RunId first = committed(window(0, 5), {1, 2}), second = committed(window(5, 10), {3});
    project_.visible[kPartition].clear();
    const RunId all = committed(window(0, 10), {4, 5, 6}, RunKind::kReplay);
    EXPECT_EQ(rows(), 3u);
    const json receipt = json::parse(view(all).receipt);
    EXPECT_EQ(receipt["overwrite"], true);
    EXPECT_EQ(receipt["windows"],
              json::parse(R"([{"start_ms": 0, "end_ms": 300000, "replaces": ")" + first.text() +
                          R"("}, {"start_ms": 300000, "end_ms": 600000, "replaces": ")" +
                          second.text() + "\"}]"));
    committed(window(10, 15), {7});
    EXPECT_EQ(rows(), 4u);
}

TEST_F(OdpsCommitTest, AReplayOfAllWindowsIsGivenUpWhenAnotherOneIsCommittedMeanwhile) {
    committed(window(0, 5), {1, 2});
    committed(window(5, 10), {3});
    const RunId all = create(window(0, 10), RunKind::kReplay);
    ASSERT_TRUE(prepare(all).ok());
    write(all, {{1, 2, 3}});
    committed(window(10, 15), {4});
    EXPECT_EQ(commit(all).status().code(), Code::kSourceChanged);
    EXPECT_EQ(view(all).state, InstanceState::kRunning);
    EXPECT_EQ(rows(), 4u);
    EXPECT_EQ(prepare(all).code(), Code::kSourceChanged);
}

TEST_F(OdpsCommitTest, ARerunKeepsItsSessionWhileItServes) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    const std::string first = view(run).staging;
    ASSERT_TRUE(prepare(run).ok());
    EXPECT_EQ(view(run).staging, first);
    write(run, {{1}});
    session(run).state = "expired";
    ASSERT_TRUE(prepare(run).ok());
    EXPECT_NE(view(run).staging, first);
    // What was written into the old one is written again.
    EXPECT_EQ((*store_.items(run))[0].state, ItemState::kReady);
    write(run, {{1}});
    EXPECT_EQ(*commit(run), CommitOutcome::kCommitted);
    EXPECT_EQ(rows(), 1u);
}

TEST_F(OdpsCommitTest, APartitionIsMadeWhenItIsMissing) {
    const RunId run = create(window(0, 5));
    ASSERT_TRUE(prepare(run).ok());
    EXPECT_EQ(project_.statements.size(), 1u);
    EXPECT_TRUE(project_.partitions.contains("pt='20261121'"));
    ASSERT_TRUE(prepare(run).ok());
    EXPECT_EQ(project_.statements.size(), 1u);
}

TEST_F(OdpsCommitTest, WhatDoesNotFitIsSaidBeforeAnyItemRuns) {
    const RunId run = create(window(0, 5));
    const auto says = [&](const std::string& part) {
        const std::string text = refusal(run);
        EXPECT_NE(text.find(part), std::string::npos) << text;
    };
    writer_.partition = {};
    says("needs \"pt=…\"");
    writer_.partition = {{"pt", "1"}, {"region", "x"}};
    says("\"pt=1,region=x\", but table orders needs \"pt=…\"");
    writer_.partition = {{"day", "1"}};
    says("needs \"pt=…\"");
    project_.keys = {{"pt", "string"}, {"region", "string"}};
    writer_.partition = {{"pt", "1"}};
    says("needs \"pt=…,region=…\"");
    project_.keys.clear();
    says("is not partitioned");
    project_.keys = {{"pt", "string"}};
    writer_.columns = {"id", "pt"};
    says("\"pt\" is a partition key");
    writer_.columns = {"id", "nome"};
    says("\"nome\" is not in the table, which has id, name");
    writer_.columns = {"name"};
    shape_.columns = {{"k"}, {"v"}};
    says("the reader gives 2 columns (k, v), the odps writer takes 1 (name)");
    shape_.columns = {{"k"}};
    EXPECT_TRUE(prepare(run).ok());
    project_.columns = {{"id", "bigint not null"}, {"name", "string"}};
    says("\"id\" of orders takes no nulls");
    project_.is_view = true;
    says("is a view");
    writer_.table = "none";
    says("check table");
    EXPECT_TRUE(project_.sessions.size() <= 1);
}

}  // namespace
}  // namespace millrace
