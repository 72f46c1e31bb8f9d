// `millrace quarantine ls` and `millrace quarantine redrive`.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/read_job.h"
#include "cli/redrive.h"
#include "cli/state_folder.h"
#include "cli/stored_job.h"
#include "coordinator/start.h"
#include "worker/window/quarantine_files.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

std::string dumped(const json& form) {
    return form.dump(-1, ' ', false, json::error_handler_t::replace);
}

json form_of(const QuarantineLine& line, bool contents) {
    if (contents) return json::parse(line.json, nullptr, false);
    const Sequence& sequence = line.sequence;
    return {{"shard", line.shard.text()},
            {"sequence", {sequence.epoch, sequence.timestamp_us, sequence.row_index}},
            {"row", line.row},
            {"reason", line.reason},
            {"column", line.column_name}};
}

void print_line(const QuarantineLine& line, bool contents, std::ostream& out) {
    if (contents) {
        out << line.json << "\n";
        return;
    }
    out << line.shard.text() << " " << line.sequence.epoch << "/" << line.sequence.timestamp_us
        << "/" << line.sequence.row_index << ": " << line.reason;
    if (!line.column_name.empty()) out << " (column " << line.column_name << ")";
    out << "\n";
}

// What a run is called beside its counts; a run whose ledger is gone has only its id.
json head_of(const QuarantinedRun& run, StateStore& store) {
    json head = {{"run", run.run.text()}, {"left", run.left.size()}, {"redriven", run.redriven}};
    const auto instance = store.instance(run.run);
    if (!instance.ok()) return head;
    head["task"] = instance->task.text();
    head["state"] = name_of(instance->state);
    head["window"] = to_text(instance->window);
    return head;
}

void print_head(const json& head, std::ostream& out) {
    out << head["run"].get<std::string>() << "  " << head["left"] << " left, " << head["redriven"]
        << " redriven";
    if (head.contains("window")) {
        out << "  " << head["window"].get<std::string>() << "  "
            << head["state"].get<std::string>();
    }
    out << "\n";
}

// The runs of the job in a script.
Result<std::vector<RunId>> runs_of_job(const Options& options, StateStore& store,
                                       Surroundings& world) {
    Options of_job = options;
    of_job.job = options.subject;
    MILLRACE_ASSIGN(JobRequest request, make_job_request(of_job, world));
    MILLRACE_ASSIGN(const JobSpec job, read_job(request, world));
    MILLRACE_ASSIGN(const std::vector<InstanceView> instances, store.instances(job.task));
    std::vector<RunId> runs;
    for (const InstanceView& instance : instances) runs.push_back(instance.run);
    return runs;
}

Status list(const Options& options, Surroundings& world) {
    MILLRACE_ASSIGN(StateFolder state, StateFolder::open(options, world));
    MILLRACE_ASSIGN(std::vector<RunId> runs, quarantined_runs(world.files, state.path()));
    const RunId subject(options.subject);
    const bool one_run = std::find(runs.begin(), runs.end(), subject) != runs.end() ||
                         state.store().instance(subject).ok();
    if (one_run) {
        runs = {subject};
    } else if (!options.subject.empty()) {
        MILLRACE_ASSIGN(runs, runs_of_job(options, state.store(), world));
    }
    json all = json::array();
    for (const RunId& run : runs) {
        MILLRACE_ASSIGN(const QuarantinedRun found,
                        read_quarantined_run(world.files, state.path(), run));
        if (!one_run && found.left.empty() && found.redriven == 0) continue;
        json head = head_of(found, state.store());
        if (!options.json) print_head(head, world.out);
        for (const QuarantineLine& line : found.left) {
            if (!one_run) break;
            head["lines"].push_back(form_of(line, options.contents));
            if (!options.json) print_line(line, options.contents, world.out);
        }
        all.push_back(std::move(head));
    }
    if (options.json) world.out << dumped(all) << "\n";
    if (!options.json && all.empty()) world.out << "no record is in the quarantine\n";
    return {};
}

void print(const RedriveResult& result, const Options& options, Surroundings& world) {
    if (options.json) {
        world.out << dumped({{"run", options.subject},
                             {"redriven", result.redriven},
                             {"rows", result.rows},
                             {"left", result.left}})
                  << "\n";
        return;
    }
    for (const std::string& text : result.left) world.out << text << "\n";
    world.out << result.redriven << " records of run " << options.subject << " redriven ("
              << result.rows << " rows as they are now), " << result.left.size() << " left\n";
}

Result<bool> redrive_run(const Options& options, Surroundings& world) {
    if (options.subject.empty()) {
        return config_error(
            "say which run: millrace quarantine redrive RUN JOB (the runs: millrace "
            "quarantine ls)");
    }
    MILLRACE_ASSIGN(StateFolder state, StateFolder::open(options, world));
    const auto instance = state.store().instance(RunId(options.subject));
    if (!instance.ok()) {
        return config_error("run " + options.subject +
                            " is not in the state folder: see millrace quarantine ls");
    }
    std::optional<JobSpec> job;
    if (options.job.empty()) {
        MILLRACE_ASSIGN(job, stored_job(instance->job, options, world));
    } else {
        MILLRACE_ASSIGN(const JobRequest request, make_job_request(options, world));
        MILLRACE_ASSIGN(job, read_job(request, world));
    }
    MILLRACE_ASSIGN(const RedriveResult result, redrive(*job, *instance, state, world));
    print(result, options, world);
    return result.left.empty();
}

}  // namespace

int run_quarantine(const Options& options, Surroundings& world) {
    Status status;
    bool all = true;
    if (options.action == "redrive") {
        const Result<bool> done = redrive_run(options, world);
        status = done.status();
        all = !done.ok() || *done;
    } else {
        status = list(options, world);
    }
    if (status.ok()) return all ? kExitDone : kExitDirtyRecords;
    world.err << "millrace quarantine " << options.action << ": " << status.text() << "\n";
    return exit_code_of(status);
}

}  // namespace millrace::cli
