#include <unistd.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/embedded.h"
#include "cli/next.h"
#include "cli/read_job.h"
#include "cli/receipt_text.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "common/config/otsstream_reader.h"
#include "coordinator/windows.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

Status print(const JobSpec& job, const RunOutcome& outcome, const Options& options,
             Surroundings& world) {
    const json receipt = json::parse(outcome.instance.receipt, nullptr, false);
    if (options.json) {
        world.out << json{{"run", outcome.instance.run.text()},
                          {"already_committed", outcome.was_done},
                          {"receipt", receipt}}
                         .dump()
                  << "\n";
        return {};
    }
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(job.time_zone));
    if (outcome.was_done) {
        world.out << "window " << to_text(outcome.instance.window)
                  << " is committed already; nothing was done\n";
    } else {
        world.out << to_text(Report{outcome.started, outcome.ended, zone, outcome.instance.counts});
    }
    if (receipt.is_discarded())
        return Status(Code::kCorrupt, "the ledger holds a malformed receipt");
    world.out << receipt_text(receipt);
    return {};
}

// Each window of --next is a run of the script with its variables bound.
Status run_next(const Options& options, const JobRequest& request, Embedded& embedded,
                StateFolder& state, Surroundings& world, const Show& show) {
    MILLRACE_ASSIGN(const std::vector<Window> windows,
                    next_windows(options, embedded, embedded.job().time_zone));
    if (windows.empty()) world.err << "no whole window has settled since the last run\n";
    for (const Window& window : windows) {
        JobRequest bound = request;
        bound.window = window;
        MILLRACE_ASSIGN(const JobSpec of_window, read_job(bound, world));
        MILLRACE_ASSIGN(const auto runner,
                        Embedded::create(of_window, state, world, embedded.context().stop));
        MILLRACE_TRY(runner->connect());
        MILLRACE_ASSIGN(const RunOutcome outcome, runner->run({.window = window,
                                                               .replay = options.replay,
                                                               .accept_loss = options.accept_loss},
                                                              show));
        MILLRACE_TRY(print(of_window, outcome, options, world));
    }
    return {};
}

bool is_realtime(const JobSpec& job) {
    const auto reader = read_otsstream_reader(job.reader);
    return reader.ok() && reader->realtime;
}

// Window after window, until it is stopped; the next start goes on where this one ended.
Status run_realtime(const Options& options, Embedded& embedded, Surroundings& world,
                    const Show& show) {
    MILLRACE_ASSIGN(const StreamReaderConfig reader, read_otsstream_reader(embedded.job().reader));
    MILLRACE_ASSIGN(const auto first, given_start(options, embedded));
    for (;;) {
        MILLRACE_ASSIGN(
            const Window window,
            next_realtime_window(embedded.coordinator(), reader.window_length, first, Duration(0)));
        MILLRACE_ASSIGN(const RunOutcome outcome,
                        embedded.run({.window = window, .accept_loss = options.accept_loss}, show));
        MILLRACE_TRY(print(embedded.job(), outcome, options, world));
        world.out.flush();
        MILLRACE_TRY(embedded.connect());
    }
}

Status run_job(const Options& options, const JobRequest& request, Surroundings& world,
               std::stop_token stop) {
    MILLRACE_ASSIGN(JobSpec job, read_job(request, world));
    MILLRACE_ASSIGN(StateFolder state, StateFolder::open(options, world));
    MILLRACE_ASSIGN(const auto embedded, Embedded::create(job, state, world, stop));
    MILLRACE_TRY(embedded->connect());
    const Show show{.progress = !options.json, .terminal = isatty(STDERR_FILENO) == 1};
    const bool windowed = job.reader.plugin == "otsstream";
    if (options.next && !windowed) {
        return config_error("--next is for windows of a stream; reader \"" + job.reader.plugin +
                            "\" carries all there is with every run");
    }
    if (options.next) return run_next(options, request, *embedded, state, world, show);
    if (windowed && !job.window && is_realtime(job)) {
        return run_realtime(options, *embedded, world, show);
    }
    if (windowed && !job.window) {
        return config_error("the job names no window; give start and end, or use --next");
    }
    const RunRequest wanted{.window = job.window,
                            .replay = options.replay,
                            .accept_loss = options.accept_loss,
                            .run = {},
                            .whole_partition = options.whole_partition};
    MILLRACE_ASSIGN(const RunOutcome outcome, embedded->run(wanted, show));
    return print(job, outcome, options, world);
}

}  // namespace

int exit_code_of(const Status& status) {
    switch (status.code()) {
        case Code::kOk: return kExitDone;
        case Code::kConfig: return kExitUsage;
        case Code::kDirtyRecord: return kExitDirtyRecords;
        case Code::kUnreachable: return kExitUnreachable;
        default: return kExitFailed;
    }
}

int run_run(const Options& options, Surroundings& world) {
    Signals signals;
    const Result<JobRequest> request = make_job_request(options, world);
    const Status status =
        request.ok() ? run_job(options, *request, world, signals.stop()) : request.status();
    if (status.ok()) return kExitDone;
    world.err << "millrace run: " << status.text() << "\n";
    if (signals.received() != 0) return 128 + signals.received();
    return exit_code_of(status);
}

}  // namespace millrace::cli
