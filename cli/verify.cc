// `millrace verify RECEIPT`: does the target still hold what the receipt says?
#include "worker/verify/verify.h"

#include <ostream>

#include "cli/commands.h"
#include "cli/read_job.h"
#include "cli/state_folder.h"
#include "cli/stored_job.h"
#include "common/net/curl_client.h"
#include "coordinator/sources/make.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr size_t kDifferencesShown = 20;

bool is_committed(const InstanceView& run) {
    return run.state == InstanceState::kCommitted || run.state == InstanceState::kCleaned;
}

// A run id, or a file that holds a receipt, a manifest, or what `run --json` printed.
Result<json> read_receipt(const Options& options, StateStore& store, Surroundings& world) {
    std::string text;
    const Result<std::string> file = world.files.read(options.receipt);
    if (file.ok()) {
        text = *file;
    } else {
        const auto run = store.instance(RunId(options.receipt));
        if (!run.ok() || run->receipt.empty()) {
            return config_error("there is no file and no committed run \"" + options.receipt +
                                "\": give a receipt's file or the id of a run in --state");
        }
        text = run->receipt;
    }
    json receipt = json::parse(text, nullptr, false);
    if (receipt.is_object() && receipt.contains("receipt")) receipt = json(receipt["receipt"]);
    if (!receipt.is_object() || !receipt.contains("run") || !receipt.contains("target")) {
        return config_error(options.receipt + " holds no receipt");
    }
    return receipt;
}

Result<JobSpec> job_of(const json& receipt, const Options& options, StateStore& store,
                       Surroundings& world) {
    if (!options.job.empty()) {
        MILLRACE_ASSIGN(const JobRequest request, make_job_request(options, world));
        return read_job(request, world);
    }
    const auto run = store.instance(RunId(receipt.at("run").get<std::string>()));
    if (!run.ok()) {
        return config_error("run " + receipt.at("run").get<std::string>() +
                            " is not in this state folder: name it with --state, or give the "
                            "script with --job");
    }
    return stored_job(run->job, options, world);
}

struct OtherRuns {
    std::vector<json> receipts;  // of those that are committed
    bool unfinished = false;
};

Result<OtherRuns> other_runs(const json& receipt, StateStore& store) {
    MILLRACE_ASSIGN(const auto runs,
                    store.instances(TaskId(receipt.at("task").get<std::string>())));
    OtherRuns others;
    for (const InstanceView& run : runs) {
        if (run.run.text() == receipt.at("run")) continue;
        json other = json::parse(run.receipt, nullptr, false);
        if (!is_committed(run)) {
            others.unfinished = true;
        } else if (other.is_object()) {
            others.receipts.push_back(std::move(other));
        }
    }
    return others;
}

// None when the ledger does not know the run.
Result<std::vector<ItemView>> items_of(const json& receipt, StateStore& store) {
    auto items = store.items(RunId(receipt.at("run").get<std::string>()));
    if (items.status().code() == Code::kNotFound) return std::vector<ItemView>();
    return items;
}

void print(const json& receipt, const Verification& made, const Options& options,
           Surroundings& world) {
    if (options.json) {
        world.out << json{{"run", receipt.at("run")}, {"verdict", name_of(made.verdict)},
                          {"why", made.why},          {"differences", made.differences},
                          {"checked", made.checked},  {"rows", made.rows}}
                         .dump(-1, ' ', false, json::error_handler_t::replace)
                  << "\n";
        return;
    }
    for (size_t i = 0; i < made.differences.size() && i < kDifferencesShown; ++i) {
        world.out << made.differences[i] << "\n";
    }
    if (made.differences.size() > kDifferencesShown) {
        world.out << "… and " << made.differences.size() - kDifferencesShown << " more\n";
    }
    world.out << "run " << receipt.at("run").get<std::string>() << ": " << name_of(made.verdict);
    if (!made.why.empty()) world.out << ": " << made.why;
    world.out << " (" << made.checked << " checked, " << made.rows << " rows)\n";
}

// The run's window and how its source looks now.
Result<Job> job_of_source(const JobSpec& job, const json& receipt, const CallContext& context) {
    MILLRACE_ASSIGN(const auto source, make_source_side(job, context));
    MILLRACE_ASSIGN(const SourceFacts facts, source->connect());
    InstanceView run;
    run.run = RunId(receipt.at("run").get<std::string>());
    run.window = {from_millis(receipt.at("/window/start_ms"_json_pointer).get<int64_t>()),
                  from_millis(receipt.at("/window/end_ms"_json_pointer).get<int64_t>())};
    return Job{job, facts.shape, StreamId(receipt.at("stream").get<std::string>()), run};
}

Result<Verdict> verify(const Options& options, Surroundings& world) {
    MILLRACE_ASSIGN(StateFolder state, StateFolder::open(options, world));
    MILLRACE_ASSIGN(const json receipt, read_receipt(options, state.store(), world));
    MILLRACE_ASSIGN(const JobSpec job, job_of(receipt, options, state.store(), world));
    MILLRACE_ASSIGN(const OtherRuns others, other_runs(receipt, state.store()));
    MILLRACE_ASSIGN(const std::vector<ItemView> items, items_of(receipt, state.store()));
    SystemRandom random;
    CurlClient http(world.clock);
    const CallContext context{http, world.clock, random, {}, {}};
    const std::function<Result<Job>()> source_now = [&] {
        return job_of_source(job, receipt, context);
    };
    const SourceAccess source{source_now, items, state.store(), others.unfinished};
    MILLRACE_ASSIGN(const Verification made,
                    verify_receipt({receipt, job, others.receipts, context, &source}));
    print(receipt, made, options, world);
    return made.verdict;
}

}  // namespace

int run_verify(const Options& options, Surroundings& world) {
    const Result<Verdict> verdict = verify(options, world);
    if (!verdict.ok()) {
        world.err << "millrace verify: " << verdict.status().text() << "\n";
        return exit_code_of(verdict.status());
    }
    switch (*verdict) {
        case Verdict::kVerified:
        case Verdict::kSuperseded: return kExitDone;
        case Verdict::kUnprovable: return kExitUnreachable;
        case Verdict::kDifferent: break;
    }
    return kExitFailed;
}

}  // namespace millrace::cli
