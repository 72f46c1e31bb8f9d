// Random sequences of verbs must give equal answers and equal views on every store, and each verb
// that is repeated at once must give its answer again and change nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "common/base/fakes/fake_random.h"
#include "tests/unit/common/store/store_fixture.h"
#include "tests/unit/common/store/store_text.h"

namespace millrace {
namespace {

constexpr Duration kTtl = std::chrono::seconds(30);

using Answer = std::function<std::string(StateStore&)>;

struct Verb {
    std::string name;
    Answer play;
    bool repeatable = true;
};

// Draws verbs over a small universe, so that they meet. Remembers the fences that a store granted.
class Dice {
  public:
    // Odd seeds have few ids and seldom go back, so that runs come to their commit.
    explicit Dice(uint64_t seed)
        : random_(seed), calm_(seed % 2 == 1), runs_(calm_ ? 2 : 4), items_(calm_ ? 1 : 3) {}

    uint64_t below(uint64_t bound) { return random_.below(bound); }
    bool chance(uint64_t percent) { return below(100) < percent; }

    Verb next() {
        if (calm_ && chance(25)) {
            const uint64_t step = below(3);
            return step == 0 ? record_borders() : step == 1 ? begin_commit() : end_commit();
        }
        switch (below(calm_ ? 20 : 24)) {
            case 0:
            case 1: return create();
            case 2:
            case 3: return add_items();
            case 4:
            case 5:
            case 6:
            case 7: return claim();
            case 8: return renew();
            case 9:
            case 10:
            case 11: return checkpoint();
            case 12:
            case 13:
            case 14: return finish();
            case 15: return park();
            case 16: return release();
            case 17: return record_borders();
            case 18: return chance(50) ? reserve() : chance(50) ? reserve_of_run() : set_staging();
            case 19: return begin_commit();
            case 20: return end_commit();
            case 21: return close();
            case 22: return reopen();
            default: return chance(80) ? set_control() : void_claims();
        }
    }

    static Universe universe() {
        return {{TaskId("t0"), TaskId("t1")},
                {RunId("r0"), RunId("r1"), RunId("r2"), RunId("r3")},
                {StreamId("s")},
                {ShardId("h0"), ShardId("h1")},
                {0, 100, 200, 300, 301}};
    }

  private:
    std::string number(uint64_t bound) { return std::to_string(below(bound)); }
    RunId run() { return RunId("r" + number(runs_)); }
    ItemId item() { return ItemId(run().text() + "/" + number(items_)); }
    Fence fence() {
        if (fences_->empty() || chance(5)) return {item(), Epoch(below(9)), ClaimId("c1")};
        // Mostly one of the last, so that it is often the one that holds.
        const size_t back = std::min<size_t>(fences_->size(), chance(85) ? 3 : 30);
        return (*fences_)[fences_->size() - 1 - below(back)];
    }
    Progress progress() {
        Progress progress;
        read_ += below(3);
        progress.position = "p" + std::to_string(read_);
        progress.staging = "g" + number(3);
        Counts& counts = progress.counts;
        counts.read = chance(95) ? read_ : below(read_ + 1);
        counts.acknowledged = chance(97) ? counts.read : counts.read + 1;
        counts.rows = counts.put = counts.read;
        counts.output_bytes = below(1000);
        progress.source_sum.add(std::string_view(progress.position));
        for (uint64_t n = below(3); n > 0; --n) {
            progress.new_parts.push_back({static_cast<uint32_t>(below(2)),
                                          static_cast<uint32_t>(below(5)), "d" + number(9)});
        }
        return progress;
    }
    RunControl control() {
        RunControl control;
        control.source_bytes_per_second = static_cast<double>(below(7)) / 3;
        control.concurrent = static_cast<int>(below(4));
        control.sharing = static_cast<int>(below(3));
        control.paused = chance(15);
        control.cancelled = chance(10);
        return control;
    }

    Verb create() {
        NewInstance instance;
        instance.run = run();
        instance.task = TaskId("t" + number(2));
        const auto start = static_cast<int64_t>(below(3)) * 100;
        instance.window = {from_millis(start), from_millis(start + 100)};
        instance.kind = chance(30) ? RunKind::kReplay : RunKind::kFirst;
        instance.job_version = "j";
        instance.control = control();
        return {"create", [=](StateStore& store) {
                    const auto outcome = store.create_instance(instance);
                    // The second time it exists: only the run is the same.
                    return outcome.ok() ? outcome->run.text() : to_text(outcome.status());
                }};
    }
    Verb add_items() {
        const RunId owner = run();
        std::vector<NewItem> items;
        for (uint64_t n = below(4); n > 0; --n) {
            const std::string prefix = chance(97) ? owner.text() : run().text();
            items.push_back(
                {ItemId(prefix + "/" + number(items_)), ShardId("h" + number(2)), "start"});
        }
        return {"add_items",
                [=](StateStore& store) { return to_text(store.add_items(owner, items)); }};
    }
    Verb claim() {
        const ItemId id = item();
        const ClaimId claim("c" + number(40));
        return {"claim", [fences = fences_, id, claim](StateStore& store) {
                    const auto claimed = store.claim(id, claim, kTtl);
                    if (claimed.ok() && (fences->empty() || fences->back() != claimed->fence)) {
                        fences->push_back(claimed->fence);
                    }
                    return to_text(claimed);
                }};
    }
    Verb renew() {
        return {"renew", [held = fence()](StateStore& s) { return to_text(s.renew(held, kTtl)); }};
    }
    Verb checkpoint() {
        return {"checkpoint", [held = fence(), p = progress()](StateStore& store) {
                    return to_text(store.checkpoint(held, p));
                }};
    }
    Verb finish() {
        const ItemEnd end{chance(50) ? EndKind::kBorder : EndKind::kShardEnd, "e" + number(2)};
        return {"finish", [held = fence(), p = progress(), end](StateStore& store) {
                    return to_text(store.finish(held, p, end));
                }};
    }
    Verb park() {
        std::optional<Fence> held;
        if (chance(50)) held = fence();
        const ItemId id = held && chance(95) ? held->item : item();
        return {"park", [=, reason = "why" + number(2)](StateStore& store) {
                    return to_text(store.park(id, held, reason));
                }};
    }
    Verb release() {
        return {"release", [held = fence(), attempt = chance(60)](StateStore& store) {
                    return to_text(store.release(held, attempt));
                }};
    }
    Verb record_borders() {
        std::vector<ShardBorders> borders;
        for (uint64_t n = below(3); n > 0; --n) {
            ShardBorders shard{StreamId("s"), ShardId("h" + number(2)), {}};
            const auto start = static_cast<int64_t>(below(3)) * 100;
            shard.borders[start] = {"border", "b" + std::to_string(start), false};
            shard.borders[start + 100] = {
                "border", chance(90) ? "b" + std::to_string(start + 100) : "other", false};
            borders.push_back(std::move(shard));
        }
        return {"record_borders", [run = run(), borders](StateStore& store) {
                    return to_text(store.record_borders(run, borders));
                }};
    }
    Verb reserve() {
        const auto count = static_cast<uint32_t>(below(5));
        return {"reserve",
                [held = fence(), count](StateStore& s) { return to_text(s.reserve(held, count)); },
                false};
    }
    Verb reserve_of_run() {
        const auto count = static_cast<uint32_t>(below(5));
        return {"reserve_of_run",
                [held = fence(), count](StateStore& s) {
                    return to_text(s.reserve_of_run(held, count));
                },
                false};
    }
    Verb set_staging() {
        return {"set_staging", [run = run(), staging = "g" + number(3)](StateStore& store) {
                    return to_text(store.set_staging(run, staging));
                }};
    }
    Verb begin_commit() {
        return {"begin_commit", [run = run(), intent = "i" + number(2)](StateStore& store) {
                    return to_text(store.begin_commit(run, intent));
                }};
    }
    Verb end_commit() {
        CommitResult result{static_cast<CommitStep>(below(3)), "receipt" + number(2), {}};
        const RunId owner = run();
        for (uint64_t n = below(3); n > 0; --n) {
            result.restage.push_back(ItemId(owner.text() + "/" + number(items_)));
        }
        return {"end_commit",
                [=](StateStore& store) { return to_text(store.end_commit(owner, result)); }};
    }
    Verb close() {
        const auto state = chance(90) ? InstanceState::kFailed : InstanceState::kCancelled;
        return {"close", [run = run(), state](StateStore& store) {
                    return to_text(store.close_instance(run, state, "why"));
                }};
    }
    Verb reopen() {
        const ReopenOptions options{chance(80) ? "j" : "j2", "", "", control(), chance(50)};
        return {"reopen", [run = run(), options](StateStore& store) {
                    return to_text(store.reopen_instance(run, options));
                }};
    }
    Verb set_control() {
        return {"set_control", [run = run(), control = control()](StateStore& store) {
                    return to_text(store.set_control(run, control));
                }};
    }
    Verb void_claims() {
        return {"void_claims", [](StateStore& store) { return to_text(store.void_claims()); }};
    }

    FakeRandom random_;
    const bool calm_;
    const uint64_t runs_;
    const uint64_t items_;
    std::shared_ptr<std::vector<Fence>> fences_ = std::make_shared<std::vector<Fence>>();
    uint64_t read_ = 0;
};

void expect_same_views(StateStore& one, StateStore& two, const std::string& where) {
    ASSERT_EQ(all_views(one, Dice::universe()), all_views(two, Dice::universe())) << where;
}

class RandomVerbs : public ::testing::Test {
  protected:
    // Plays one sequence; `between` may replace the second store.
    void play(uint64_t seed, std::unique_ptr<StateStore>& two, FakeClock& clock,
              const std::function<void(Dice&)>& between) {
        const auto one = make_store(StoreKind::kMemory, clock);
        Dice dice(seed);
        const uint64_t length = 20 + dice.below(181);
        for (uint64_t step = 0; step < length; ++step) {
            if (dice.chance(8)) clock.advance(Duration(dice.below(40'000'000)));
            if (between) between(dice);
            const Verb verb = dice.next();
            const std::string where = "seed " + std::to_string(seed) + ", verb " +
                                      std::to_string(step) + ": " + verb.name;
            const std::string answer = verb.play(*one);
            ASSERT_EQ(answer, verb.play(*two)) << where;
            ++verbs_;
            accepted_[verb.name] += answer.starts_with("ok") || verb.name == "create";
            if (verb.repeatable && dice.chance(5)) {
                const std::string before = all_views(*one, Dice::universe());
                ASSERT_EQ(answer, verb.play(*one)) << where << ", repeated";
                ASSERT_EQ(before, all_views(*one, Dice::universe())) << where << ", repeated";
                ASSERT_EQ(answer, verb.play(*two)) << where << ", repeated";
            }
            if (dice.chance(3)) expect_same_views(*one, *two, where);
            if (HasFatalFailure()) return;
        }
        expect_same_views(*one, *two, "seed " + std::to_string(seed) + ", at the end");
    }

    int verbs_ = 0;
    std::map<std::string, int> accepted_;
};

class RandomVerbsTest : public RandomVerbs, public ::testing::WithParamInterface<StoreKind> {};
INSTANTIATE_TEST_SUITE_P(Stores, RandomVerbsTest,
                         ::testing::Values(StoreKind::kSqlite, StoreKind::kLive, StoreKind::kRedis),
                         name_of_kind);

TEST_P(RandomVerbsTest, GivesTheAnswersOfTheStoreInMemory) {
    const int verbs = GetParam() == StoreKind::kSqlite ? 100'000 : 30'000;
    for (uint64_t seed = 1; verbs_ < verbs; ++seed) {
        FakeClock clock;
        auto two = make_store(GetParam(), clock);
        ASSERT_NO_FATAL_FAILURE(play(seed, two, clock, {}));
    }
    // The sequences reach far enough to mean something.
    for (const char* name : {"add_items", "checkpoint", "finish", "park", "release",
                             "record_borders", "begin_commit", "end_commit", "close", "reopen"}) {
        EXPECT_GT(accepted_[name], verbs / 2'000) << name;
    }
}

class SqliteFileTest : public RandomVerbs {};

TEST_F(SqliteFileTest, ALedgerThatIsClosedAndOpenedAgainIsTheSame) {
    const std::string folder =
        std::filesystem::temp_directory_path() / ("millrace-ledger-" + SystemRandom().hex(8));
    std::filesystem::create_directories(folder);
    for (uint64_t seed = 1'000'001; seed <= 1'000'030; ++seed) {
        FakeClock clock;
        const std::string path = folder + "/" + std::to_string(seed) + ".sqlite";
        const auto open = [&] {
            auto store = SqliteStore::create(path, clock, {.synchronous = false});
            EXPECT_TRUE(store.ok()) << store.status().text();
            return std::move(*store);
        };
        std::unique_ptr<StateStore> two = open();
        ASSERT_NO_FATAL_FAILURE(play(seed, two, clock, [&](Dice& dice) {
            if (!dice.chance(5)) return;
            two.reset();
            two = open();
        }));
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace millrace
