// Runs the claimed items of one job.
#pragma once

#include "worker/job/job.h"
#include "worker/slot/slot.h"
#include "worker/window/run.h"
#include "worker/window/run_share.h"

namespace millrace {

// Outlives its slots. Thread-safe.
class JobRunner final : public ItemRunner {
  public:
    JobRunner(Job job, StateStore& store, QuarantineSink& quarantine, Clock& clock);

    bool takes(const RunId& run) override { return run == job_.instance.run; }
    Status run(const Claimed& claimed, const CallContext& context) override;
    void control(const RunId& run, const RunControl& control) override;

    // Before the first run(): what it does is counted in the metrics of the process, too.
    void count_into(Registry& registry);
    // Before the first run(), where other processes go on with what this one gives back: an item of
    // which a request may still be under way ends as kUnknownOutcome, and must not be given back.
    void mind_unanswered() { minds_unanswered_ = true; }
    const Meter& meter() const { return meter_; }

  private:
    const Job job_;
    StateStore& store_;
    Clock& clock_;
    Limits limits_;
    RunShare share_;
    Quarantine quarantine_;
    Meter meter_;
    bool minds_unanswered_ = false;
};

}  // namespace millrace
