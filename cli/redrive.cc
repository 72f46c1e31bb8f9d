#include "cli/redrive.h"

#include <algorithm>
#include <map>

#include "cli/signals.h"
#include "common/net/curl_client.h"
#include "coordinator/commit/make.h"
#include "coordinator/sources/make.h"
#include "worker/job/targets.h"
#include "worker/redrive/redrive.h"
#include "worker/window/quarantine_files.h"

namespace millrace::cli {
namespace {

bool is_committed(const InstanceView& run) {
    return run.state == InstanceState::kCommitted || run.state == InstanceState::kCleaned;
}

Status check_job(const JobSpec& job, const InstanceView& run) {
    if (job.task != run.task) {
        return config_error("run " + run.run.text() + " is of another job (task " +
                            run.task.text() + ", not " + job.task.text() + ")");
    }
    if (job.reader.plugin != "otsstream") {
        return config_error("records of reader \"" + job.reader.plugin +
                            "\" cannot be read one by one: correct the source and run the "
                            "transfer again");
    }
    if (!target_rules(job).keyed) {
        return config_error("what writer \"" + job.writer.plugin +
                            "\" has committed is not changed row by row: correct the rows in the "
                            "source table and replay the window with --replay --errorLimit");
    }
    if (!is_committed(run)) {
        return config_error("run " + run.run.text() +
                            " is not committed: finish it first (with "
                            "--errorLimit when it failed for dirty records)");
    }
    return {};
}

// P12: a run in order and writes by image never meet.
Status check_others(const JobSpec& job, StateStore& store) {
    MILLRACE_ASSIGN(const std::vector<InstanceView> runs, store.instances(job.task));
    for (const InstanceView& other : runs) {
        if (other.state == InstanceState::kRunning || other.state == InstanceState::kCommitting) {
            return config_error("run " + other.run.text() +
                                " of the same job is not finished: finish it first");
        }
    }
    return {};
}

std::string text_of(const QuarantineLine& line, const std::string& why) {
    const Sequence& sequence = line.sequence;
    return line.shard.text() + " " + std::to_string(sequence.epoch) + "/" +
           std::to_string(sequence.timestamp_us) + "/" + std::to_string(sequence.row_index) + ": " +
           why;
}

// The lines of each key; those whose key is not known are left.
struct Grouped {
    std::vector<RedriveKey> keys;
    std::vector<std::vector<QuarantineLine>> lines;  // of each key
    std::vector<std::string> unknown;
};

Grouped group(const std::vector<QuarantineLine>& lines, const RecordShape& shape) {
    Grouped grouped;
    std::map<std::string, size_t> places;
    for (const QuarantineLine& line : lines) {
        const std::optional<std::string> key = key_of(line, shape.key);
        if (!key) {
            grouped.unknown.push_back(text_of(line, "its key is not known"));
            continue;
        }
        const auto [place, fresh] = places.emplace(*key, grouped.keys.size());
        if (fresh) {
            grouped.keys.push_back({*key, line.sequence});
            grouped.lines.emplace_back();
        }
        RedriveKey& newest = grouped.keys[place->second];
        newest.sequence = std::max(newest.sequence, line.sequence);
        grouped.lines[place->second].push_back(line);
    }
    return grouped;
}

}  // namespace

Result<RedriveResult> redrive(const JobSpec& job, const InstanceView& run, StateFolder& state,
                              Surroundings& world) {
    MILLRACE_TRY(check_job(job, run));
    MILLRACE_TRY(check_others(job, state.store()));
    MILLRACE_ASSIGN(const QuarantinedRun found,
                    read_quarantined_run(world.files, state.path(), run.run));
    RedriveResult result;
    if (found.left.empty()) return result;
    Signals signals;
    SystemRandom random;
    CurlClient http(world.clock);
    const CallContext context{http, world.clock, random, signals.stop(), {}};
    MILLRACE_ASSIGN(const auto source, make_source_side(job, context));
    MILLRACE_ASSIGN(const SourceFacts facts, source->connect());
    Grouped grouped = group(found.left, facts.shape);
    result.left = std::move(grouped.unknown);
    Claimed by_image;  // no item of the ledger: nothing is checkpointed
    by_image.by_image = true;
    Belongings own;
    const Job of_run{job, facts.shape, facts.stream, run};
    MILLRACE_ASSIGN(const auto target,
                    make_target({of_run, by_image, context, state.store(), world.clock, own}));
    const auto written = [&](std::span<const size_t> keys) -> Status {
        for (const size_t key : keys) {
            MILLRACE_TRY(mark_redriven(world.files, state.path(), run.run, grouped.lines[key]));
            result.redriven += grouped.lines[key].size();
            ++result.rows;
        }
        return {};
    };
    MILLRACE_ASSIGN(const std::vector<NotRedriven> left,
                    redrive(*target, facts.shape, grouped.keys, written));
    for (const NotRedriven& one : left) {
        for (const QuarantineLine& line : grouped.lines[one.key]) {
            result.left.push_back(text_of(line, one.reason));
        }
    }
    return result;
}

}  // namespace millrace::cli
