#include "tests/sim/store.h"

#include <algorithm>
#include <iterator>

namespace millrace::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// They change nothing, and are asked often: only failures are told.
constexpr std::string_view kLooks[] = {"list_due", "instance",      "items",        "instances",
                                       "border",   "border_before", "open_commits", "borders",
                                       "epochs",   "package",       "lead",         "renew"};

Status no_answer() {
    return Status(Code::kLedgerLost, "the ledger does not answer");
}

std::string named(const Fence& fence) {
    return fence.item.text() + " epoch " + std::to_string(static_cast<uint64_t>(fence.epoch));
}

}  // namespace

void SimStore::travel() {
    Dice& dice = parts_.scheduler.dice();
    const Duration longest =
        dice.chance(parts_.faults.slow) ? Duration(seconds(4)) : milliseconds(4);
    parts_.scheduler.pause(dice.mostly_short(std::chrono::microseconds(200), longest));
}

void SimStore::note(std::string_view verb, const std::string& about, const Status& status) {
    parts_.history.note(
        parts_.scheduler.now(), parts_.process, verb,
        status.ok() ? about
                    : about + ": " + std::string(name_of(status.code())) + ", " + status.text());
}

Status SimStore::around(const char* verb, const std::function<Status()>& call) {
    return send(verb, {}, call);
}

Status SimStore::send(std::string_view verb, const std::string& about,
                      const std::function<Status()>& call) {
    Dice& dice = parts_.scheduler.dice();
    travel();
    if (dice.chance(parts_.faults.lost)) {
        note(verb, about, Status(Code::kLedgerLost, "lost on the way"));
        return no_answer();
    }
    const Status status = call();
    const bool look = std::find(std::begin(kLooks), std::end(kLooks), verb) != std::end(kLooks);
    if (!look || !status.ok()) note(verb, about, status);
    travel();
    return dice.chance(parts_.faults.answer_lost) ? no_answer() : Status();
}

void SimStore::perhaps_again(std::string_view verb, const std::string& about,
                             std::function<Status()> call) {
    Dice& dice = parts_.scheduler.dice();
    if (!dice.chance(parts_.faults.doubled)) return;
    parts_.scheduler.after(
        dice.between(milliseconds(1), Duration(seconds(30))),
        [this, verb, about, call = std::move(call)] { note(verb, about + " (again)", call()); });
}

Result<Claimed> SimStore::claim(const ItemId& item, const ClaimId& claim, Duration ttl) {
    std::optional<Result<Claimed>> answer;
    const Status told = send("claim", item.text(), [&] {
        answer.emplace(store_.claim(item, claim, ttl));
        if (answer->ok()) parts_.watch.claimed(**answer);
        return answer->status();
    });
    if (!told.ok()) return told;
    if (answer->ok() && parts_.on_claim) parts_.on_claim((*answer)->fence.epoch);
    return *std::move(answer);
}

Status SimStore::checkpoint(const Fence& fence, const Progress& progress) {
    Status status;
    const auto call = [this, fence, progress] {
        const Status done = store_.checkpoint(fence, progress);
        if (done.ok()) parts_.watch.changed(fence, "checkpoint");
        return done;
    };
    const std::string about = named(fence) + " read " + std::to_string(progress.counts.read);
    perhaps_again("checkpoint", about, call);
    const Status told = send("checkpoint", about, [&] { return status = call(); });
    return told.ok() ? status : told;
}

Status SimStore::finish(const Fence& fence, const Progress& progress, const ItemEnd& end) {
    Status status;
    const auto call = [this, fence, progress, end] {
        const Status done = store_.finish(fence, progress, end);
        if (done.ok()) parts_.watch.finished(fence, end);
        return done;
    };
    const std::string about = named(fence) + " read " + std::to_string(progress.counts.read) +
                              " until " + std::string(name_of(end.kind));
    perhaps_again("finish", about, call);
    const Status told = send("finish", about, [&] { return status = call(); });
    return told.ok() ? status : told;
}

Status SimStore::release(const Fence& fence, bool counts_as_attempt) {
    Status status;
    const auto call = [this, fence, counts_as_attempt] {
        return store_.release(fence, counts_as_attempt);
    };
    perhaps_again("release", named(fence), call);
    const Status told = send("release", named(fence), [&] { return status = call(); });
    return told.ok() ? status : told;
}

// What the catalog gives the live store again.
Status SimStore::restore(const LiveRun& run) {
    Status status;
    const Status told = send("restore", run.instance.run.text(), [&] {
        status = store_.restore(run);
        std::vector<ItemId> again;
        for (const ItemRow& item : run.items) {
            if (item.state != ItemState::kWritten) again.push_back(item.item);
        }
        if (status.ok()) parts_.watch.restored(run.instance.run, again);
        return status;
    });
    return told.ok() ? status : told;
}

Status SimStore::begin_commit(const RunId& run, const std::string& intent) {
    Status status;
    const Status told = send("begin_commit", run.text(), [&] {
        status = store_.begin_commit(run, intent);
        if (status.ok()) parts_.watch.committing(run);
        return status;
    });
    return told.ok() ? status : told;
}

Status SimStore::end_commit(const RunId& run, const CommitResult& result) {
    Status status;
    const Status told = send("end_commit", run.text(), [&] {
        status = store_.end_commit(run, result);
        if (status.ok() && result.step == CommitStep::kRestage) {
            parts_.watch.restaged(run, result.restage);
        }
        return status;
    });
    return told.ok() ? status : told;
}

}  // namespace millrace::sim
