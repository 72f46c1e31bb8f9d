// Random sequences of the ledger's verbs.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/fakes/fake_random.h"
#include "tests/unit/common/store/store_text.h"

namespace millrace {

using Answer = std::function<std::string(StateStore&)>;

struct Verb {
    std::string name;
    Answer play;
    bool repeatable = true;
};

// Draws verbs over a small universe, so that they meet. Remembers the fences that a store granted.
class Dice {
  public:
    static constexpr Duration kClaimTtl = std::chrono::seconds(30);

    // Odd seeds have few ids and seldom go back, so that runs come to their commit.
    // `lasting`: no run is cancelled, no item starts again because somebody asks for it.
    explicit Dice(uint64_t seed, bool lasting = false)
        : random_(seed),
          lasting_(lasting),
          calm_(seed % 2 == 1),
          runs_(calm_ ? 2 : 4),
          items_(calm_ ? 1 : 3) {}

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
                    const auto claimed = store.claim(id, claim, kClaimTtl);
                    if (claimed.ok() && (fences->empty() || fences->back() != claimed->fence)) {
                        fences->push_back(claimed->fence);
                    }
                    return to_text(claimed);
                }};
    }
    Verb renew() {
        return {"renew",
                [held = fence()](StateStore& s) { return to_text(s.renew(held, kClaimTtl)); }};
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
        const auto state =
            chance(90) || lasting_ ? InstanceState::kFailed : InstanceState::kCancelled;
        return {"close", [run = run(), state](StateStore& store) {
                    return to_text(store.close_instance(run, state, "why"));
                }};
    }
    Verb reopen() {
        const ReopenOptions options{chance(80) || lasting_ ? "j" : "j2", "", "", control(),
                                    chance(50) && !lasting_};
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
    const bool lasting_;
    const bool calm_;
    const uint64_t runs_;
    const uint64_t items_;
    std::shared_ptr<std::vector<Fence>> fences_ = std::make_shared<std::vector<Fence>>();
    uint64_t read_ = 0;
};

}  // namespace millrace
