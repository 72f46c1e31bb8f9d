#include "coordinator/commit_driver.h"

#include <nlohmann/json.hpp>

#include "common/base/crash_point.h"
#include "common/base/log.h"

namespace millrace {
namespace {

using commit::Step;
using nlohmann::json;

// One commit on its way; `Do` actions become calls.
class Commit {
  public:
    Commit(const CommitDriverParts& parts, InstanceView instance)
        : parts_(parts), instance_(std::move(instance)) {}

    Result<CommitOutcome> run() {
        const bool open = instance_.state != InstanceState::kRunning;
        if (open) {
            MILLRACE_TRY(parts_.target.load(instance_.intent));
        } else {
            const Status made = make_intent();
            if (made.code() == Code::kNotFound) return restage_all(made);
            MILLRACE_TRY(made);
        }
        Committer committer({.pieces = parts_.target.pieces(),
                             .intent_stored = open,
                             .receipt_stored = instance_.state == InstanceState::kCommitted});
        commit::Event event = commit::Begin{};
        for (;;) {
            const commit::Action action = committer.step(event, parts_.clock.monotonic());
            if (const auto* what = std::get_if<commit::Do>(&action)) {
                event = carry_out(*what);
            } else if (const auto* wait = std::get_if<commit::WaitUntil>(&action)) {
                const Duration pause = wait->time - parts_.clock.monotonic();
                if (!parts_.clock.sleep(pause, parts_.stop)) {
                    return Status(Code::kCancelled,
                                  "stopped while the commit waits for its target");
                }
                event = commit::Tick{};
            } else if (const auto* gave_up = std::get_if<commit::GaveUp>(&action)) {
                return gave_up->status;
            } else {
                return std::holds_alternative<commit::Finished>(action) ? CommitOutcome::kCommitted
                                                                        : CommitOutcome::kRestaged;
            }
        }
    }

  private:
    Status make_intent() {
        MILLRACE_ASSIGN(const std::vector<ItemView> items, parts_.store.items(instance_.run));
        MILLRACE_ASSIGN(intent_, parts_.target.make_intent(instance_, items));
        return {};
    }

    Result<CommitOutcome> restage_all(const Status& why) {
        log::warn("written_work_lost", {{"run", instance_.run.text()}, {"reason", why.text()}});
        MILLRACE_ASSIGN(const std::vector<ItemView> items, parts_.store.items(instance_.run));
        CommitResult again{.step = CommitStep::kRestage, .receipt = {}, .restage = {}};
        for (const ItemView& item : items) again.restage.push_back(item.item);
        MILLRACE_TRY(parts_.store.end_commit(instance_.run, again));
        return CommitOutcome::kRestaged;
    }

    commit::Event carry_out(const commit::Do& what) {
        bool there = true;
        const Status status = call(what, there);
        if (status.ok()) return commit::Done{there};
        log::warn("commit_step_failed", {{"run", instance_.run.text()}, {"reason", status.text()}});
        return commit::Failed{status};
    }

    Status call(const commit::Do& what, bool& there) {
        switch (what.step) {
            case Step::kStoreIntent: return store_intent();
            case Step::kComplete: return complete(what.piece);
            case Step::kLook: return look(what.piece, there);
            case Step::kPublish: return publish();
            case Step::kStoreReceipt: return store_receipt();
            case Step::kClean: return clean();
            case Step::kStoreCleaned: return store_cleaned();
            case Step::kRestage: return restage(what.piece);
        }
        return {};
    }

    Status store_intent() {
        crash_point("before_intent");
        MILLRACE_TRY(parts_.store.begin_commit(instance_.run, intent_));
        crash_point("after_intent");
        return {};
    }

    Status complete(size_t piece) {
        MILLRACE_TRY(parts_.target.complete(piece));
        crash_point("after_complete");
        return {};
    }

    Status look(size_t piece, bool& there) {
        MILLRACE_ASSIGN(there, parts_.target.look(piece));
        return {};
    }

    Result<json> receipt() {
        MILLRACE_ASSIGN(json made, parts_.receipt(instance_));
        parts_.target.describe(made);
        return made;
    }

    Status publish() {
        MILLRACE_ASSIGN(const json made, receipt());
        MILLRACE_TRY(parts_.target.publish(made));
        crash_point("after_manifest");
        return {};
    }

    Status store_receipt() {
        MILLRACE_ASSIGN(const json made, receipt());
        MILLRACE_TRY(parts_.store.end_commit(
            instance_.run,
            {.step = CommitStep::kCommitted, .receipt = made.dump(), .restage = {}}));
        crash_point("after_receipt");
        return {};
    }

    Status clean() {
        if (parts_.announce) parts_.announce(instance_);
        crash_point("after_announce");
        MILLRACE_TRY(parts_.target.clean());
        crash_point("after_cleanup");
        return {};
    }

    Status store_cleaned() {
        return parts_.store.end_commit(
            instance_.run, {.step = CommitStep::kCleaned, .receipt = {}, .restage = {}});
    }

    Status restage(size_t piece) {
        return parts_.store.end_commit(instance_.run, {.step = CommitStep::kRestage,
                                                       .receipt = {},
                                                       .restage = parts_.target.items_of(piece)});
    }

    const CommitDriverParts& parts_;
    const InstanceView instance_;
    std::string intent_;
};

}  // namespace

Result<CommitOutcome> commit_instance(const CommitDriverParts& parts, const RunId& run) {
    MILLRACE_ASSIGN(InstanceView instance, parts.store.instance(run));
    if (instance.state == InstanceState::kCleaned) return CommitOutcome::kCommitted;
    return Commit(parts, std::move(instance)).run();
}

}  // namespace millrace
