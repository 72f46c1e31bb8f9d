#include "worker/job/job_runner.h"

#include "common/base/log.h"
#include "worker/job/sources.h"
#include "worker/job/targets.h"

namespace millrace {

JobRunner::JobRunner(Job job, StateStore& store, QuarantineSink& quarantine, Clock& clock)
    : job_(std::move(job)),
      store_(store),
      clock_(clock),
      limits_(clock, job_.instance.control),
      share_(limits_),
      quarantine_(quarantine, job_.instance.run, names_of(job_.shape.columns),
                  names_of(job_.shape.key)) {}

void JobRunner::control(const RunId& /*run*/, const RunControl& control) {
    share_.set(control);
}

void JobRunner::count_into(Registry& registry) {
    meter_.count_into(registry, clock_, job_.spec.reader.plugin, job_.spec.writer.plugin);
}

Status JobRunner::run(const Claimed& claimed, const CallContext& context) {
    const log::Context named({{"window", to_compact(job_.instance.window.start) + "-" +
                                             to_compact(job_.instance.window.end)}});
    const RunShare::Held held(share_);
    Belongings own;
    const ItemParts item{job_, claimed, context, store_, clock_, own};
    MILLRACE_ASSIGN(const std::unique_ptr<Source> source, make_source(item));
    MILLRACE_ASSIGN(const std::unique_ptr<Target> target, make_target(item));
    WindowRun run(claimed, {store_, *source, *target, limits_, quarantine_, meter_, context.stop});
    Status status = run.run();
    if (!minds_unanswered_ || !run.unanswered()) return status;
    return Status(Code::kUnknownOutcome, status.text());
}

}  // namespace millrace
