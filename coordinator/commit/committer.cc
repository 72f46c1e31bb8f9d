#include "coordinator/commit/committer.h"

#include <algorithm>

namespace millrace {

using commit::Action;
using commit::Step;

namespace {

// A person or another process must act before anything can go on.
bool is_final(Code code) {
    return code == Code::kCancelled || code == Code::kConfig || code == Code::kLedgerLost ||
           code == Code::kFenced;
}

}  // namespace

Action Committer::step(const commit::Event& event, MonoTime now) {
    if (const auto* failed = std::get_if<commit::Failed>(&event))
        return on_failed(failed->status, now);
    if (std::holds_alternative<commit::Tick>(event)) return go(step_);
    if (const auto* done = std::get_if<commit::Done>(&event)) {
        failing_since_.reset();
        pause_ = Duration(0);
        return on_done(*done);
    }
    if (options_.receipt_stored) return go(Step::kClean);
    if (options_.intent_stored) return next_piece();
    return go(Step::kStoreIntent);
}

Action Committer::go(Step step) {
    step_ = step;
    return commit::Do{step, piece_};
}

Action Committer::next_piece() {
    return go(piece_ < options_.pieces ? Step::kComplete : Step::kPublish);
}

Action Committer::on_done(const commit::Done& done) {
    switch (step_) {
        case Step::kStoreIntent: return next_piece();
        case Step::kComplete: ++piece_; return next_piece();
        case Step::kLook:
            // Not there, and the target will not take it: what was staged is gone or spoilt.
            if (!done.there) return go(Step::kRestage);
            ++piece_;
            return next_piece();
        case Step::kPublish: return go(Step::kStoreReceipt);
        case Step::kStoreReceipt: return go(Step::kClean);
        case Step::kClean: return go(Step::kStoreCleaned);
        case Step::kStoreCleaned: return commit::Finished{};
        case Step::kRestage: return commit::Restaged{};
    }
    return commit::Finished{};
}

Action Committer::on_failed(const Status& status, MonoTime now) {
    if (step_ == Step::kComplete && !status.retryable() && !is_final(status.code())) {
        // Perhaps an earlier try did it: ask before anything is called lost.
        return go(Step::kLook);
    }
    if (!failing_since_) failing_since_ = now;
    const bool final = is_final(status.code());
    if (final || now - *failing_since_ >= options_.give_up_after) return commit::GaveUp{status};
    pause_ = std::min(options_.pause_max, std::max(options_.pause_first, pause_ * 2));
    return commit::WaitUntil{now + pause_};
}

}  // namespace millrace
