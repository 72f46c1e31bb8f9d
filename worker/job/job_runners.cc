#include "worker/job/job_runners.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/config/job_package.h"
#include "common/metrics/names.h"

namespace millrace {
namespace {

// A package that could not be opened is looked at again after this: the run may have a new one.
constexpr Duration kLookAgain = std::chrono::seconds(30);
constexpr Duration kIdleMax = std::chrono::minutes(10);
constexpr Duration kCleanEvery = std::chrono::minutes(1);

bool is_ours(const std::string& label, const std::vector<std::string>& labels) {
    return label.empty() || labels.empty() ||
           std::find(labels.begin(), labels.end(), label) != labels.end();
}

}  // namespace

bool JobRunners::takes(const RunId& run) {
    {
        const std::lock_guard lock(mutex_);
        const MonoTime now = parts_.clock.monotonic();
        forget_idle(now);
        const auto known = known_.find(run);
        if (known != known_.end() && known->second.runner) {
            known->second.used = now;
            return true;
        }
        if (known != known_.end() && now - known->second.used < kLookAgain) return false;
    }
    const Result<Runner> runner = runner_of(run);
    return runner.ok() && *runner != nullptr;
}

Status JobRunners::run(const Claimed& claimed, const CallContext& context) {
    // After the claim, so that what was changed before the item was given out is seen.
    MILLRACE_ASSIGN(const Runner runner, runner_of(claimed.run));
    if (!runner) return Status(Code::kCancelled, "this worker cannot run the run any more");
    {
        const std::lock_guard lock(mutex_);
        held_.insert(claimed.fence.item);
    }
    runner->control(claimed.run, claimed.control);
    Status status = runner->run(claimed, context);
    const std::lock_guard lock(mutex_);
    held_.erase(claimed.fence.item);
    return status;
}

void JobRunners::control(const RunId& run, const RunControl& control) {
    Runner runner;
    {
        const std::lock_guard lock(mutex_);
        const auto known = known_.find(run);
        if (known != known_.end()) runner = known->second.runner;
    }
    if (runner) runner->control(run, control);
}

std::vector<ItemId> JobRunners::held() const {
    const std::lock_guard lock(mutex_);
    return {held_.begin(), held_.end()};
}

size_t JobRunners::known() const {
    const std::lock_guard lock(mutex_);
    return known_.size();
}

// The runner for the package that the run has now.
Result<JobRunners::Runner> JobRunners::runner_of(const RunId& run) {
    const Result<std::string> package = parts_.store.package(run);
    if (!package.ok()) {
        if (package.status().code() != Code::kNotFound) return package.status();
        const std::lock_guard lock(mutex_);
        known_.erase(run);
        return Status(Code::kLeaseLost, "the run is not there any more");
    }
    {
        const std::lock_guard lock(mutex_);
        const auto known = known_.find(run);
        if (known != known_.end() && known->second.package == *package) {
            known->second.used = parts_.clock.monotonic();
            return known->second.runner;
        }
    }
    MILLRACE_ASSIGN(Opened opened, open(run, *package));
    return keep(run, *package, std::move(opened));
}

// Without a runner: why.
Result<JobRunners::Opened> JobRunners::open(const RunId& run, const std::string& package) {
    const Result<JobPackage> opened = open_package(package, run, parts_.key);
    if (!opened.ok()) return Opened{nullptr, opened.status().text()};
    if (!is_ours(opened->label, parts_.labels)) return Opened{};
    ParsedJob parsed = parse_job(opened->request);
    if (!parsed.job) return Opened{nullptr, parsed.status().text()};
    Result<InstanceView> instance = parts_.store.instance(run);
    if (!instance.ok()) return instance.status();
    Job job{*std::move(parsed.job), opened->shape, opened->stream, *std::move(instance),
            opened->accept_loss};
    auto runner =
        std::make_shared<JobRunner>(std::move(job), parts_.store, parts_.quarantine, parts_.clock);
    runner->count_into(parts_.metrics);
    runner->mind_unanswered();
    return Opened{std::move(runner), {}};
}

// Two slots may have opened the same package: all use one runner, for the limits are its.
JobRunners::Runner JobRunners::keep(const RunId& run, const std::string& package, Opened opened) {
    Runner runner;
    {
        const std::lock_guard lock(mutex_);
        Known& known = known_[run];
        if (known.package != package || !known.runner) {
            known.package = package;
            known.runner = std::move(opened.runner);
        }
        known.used = parts_.clock.monotonic();
        runner = known.runner;
    }
    if (!runner && !opened.why.empty()) {
        parts_.metrics.counter(metric::kDoorbellsDropped, {"package"}).add();
        log::warn("package_not_opened", {{"run", run.text()}, {"reason", opened.why}});
    }
    return runner;
}

void JobRunners::forget_idle(MonoTime now) {
    if (now < next_clean_) return;
    next_clean_ = now + kCleanEvery;
    std::erase_if(known_, [&](const auto& known) {
        return now - known.second.used > kIdleMax && known.second.runner.use_count() <= 1;
    });
}

}  // namespace millrace
