#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "common/config/nearest.h"

namespace millrace::cli {
namespace {

// Shown in help only: read_arguments() takes all -D before CLI11 sees them.
void add_variables(CLI::App& app) {
    app.add_option("-D")
        ->description("Value of a variable of the script, as often as needed")
        ->type_name("NAME=VALUE");
}

void add_job(CLI::App& app, Options& options) {
    app.add_option("JOB", options.job, "The script")->required()->type_name("");
}

void add_job_and_sources(CLI::App& app, Options& options) {
    add_job(app, options);
    add_variables(app);
    app.add_option("--sources", options.sources, "Data sources file (default ./sources.json)")
        ->type_name("FILE");
    app.add_flag("--json", options.json, "Result for machines");
    app.add_flag("--next", options.next, "The start and end variables are set by Millrace");
}

// run, plan and check take the same options.
void add_run_options(CLI::App& app, Options& options) {
    add_job_and_sources(app, options);
    app.add_option("--state", options.state, "State folder (default ~/.local/state/millrace)")
        ->type_name("DIR");
    app.add_option("--name", options.name, "Who the job is, whatever it reads and writes")
        ->type_name("N");
    auto* replay = app.add_flag("--replay", options.replay, "Run a committed window again");
    app.add_flag("--whole-partition", options.whole_partition,
                 "With it the others in its MaxCompute partition")
        ->needs(replay)
        ->excludes("--next");
    app.add_option("--errorLimit", options.error_limit, "Dirty records that are allowed")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    app.add_flag("--accept-loss", options.accept_loss, "Go on behind changes that are gone");
    app.add_option("--from", options.from, "First window of --next: yyyyMMddHHmmss or earliest")
        ->type_name("TIME");
}

void add_verify(CLI::App& app, Options& options) {
    app.add_option("RECEIPT", options.receipt, "A file with a receipt, or the id of a run")
        ->required()
        ->type_name("");
    app.add_option("--job", options.job, "The script, when the run is not in the state folder")
        ->type_name("JOB");
    add_variables(app);
    app.add_option("--sources", options.sources, "Data sources file (default ./sources.json)")
        ->type_name("FILE");
    app.add_option("--state", options.state, "State folder (default ~/.local/state/millrace)")
        ->type_name("DIR");
    app.add_flag("--json", options.json, "Result for machines");
}

void add_quarantine(CLI::App& app, Options& options) {
    app.add_option("ACTION", options.action, "ls, or redrive")
        ->required()
        ->type_name("")
        ->check(CLI::IsMember({"ls", "redrive"}));
    app.add_option("RUN", options.subject, "A run; ls: or a script")->type_name("");
    app.add_option("JOB", options.job, "redrive: the script, if it is another now")->type_name("");
    add_variables(app);
    app.add_option("--sources", options.sources, "Data sources file (default ./sources.json)")
        ->type_name("FILE");
    app.add_option("--state", options.state, "State folder (default ~/.local/state/millrace)")
        ->type_name("DIR");
    app.add_flag("--next", options.next, "The start and end variables are set by Millrace");
    app.add_flag("--contents", options.contents, "ls of a run: with the records' values");
    app.add_flag("--json", options.json, "Result for machines");
}

void add_lint(CLI::App& app, Options& options) {
    add_job_and_sources(app, options);
}

void add_fmt(CLI::App& app, Options& options) {
    add_job(app, options);
    app.add_option("-o,--output", options.output, "Write there, secrets too")->type_name("FILE");
    app.add_flag("-i,--in-place", options.in_place, "Write into the script itself");
}

void add_template(CLI::App& app, Options& options) {
    app.add_option("READER", options.reader, "otsstream")->required()->type_name("");
    app.add_option("WRITER", options.writer, "oss, elasticsearch")->required()->type_name("");
}

void add_version(CLI::App& app, Options& options) {
    app.add_flag("--json", options.json, "Result for machines");
}

void add_docs(CLI::App& app, Options& options) {
    app.add_option("PAGE", options.subject, "jobs, or metrics")
        ->type_name("")
        ->check(CLI::IsMember({"jobs", "metrics"}));
}

// What all commands have that ask a coordinator.
void add_server(CLI::App& app, Options& options) {
    app.add_option("--server", options.server,
                   "The coordinator (default $MILLRACE_SERVER or http://127.0.0.1:8470)")
        ->type_name("URL");
    app.add_option("--token-file", options.token_file,
                   "File with the API token (default $MILLRACE_API_TOKEN)")
        ->type_name("FILE");
}

void add_remote(CLI::App& app, Options& options) {
    app.add_flag("--json", options.json, "Result for machines");
    add_server(app, options);
}

void add_run_id(CLI::App& app, Options& options) {
    app.add_option("RUN", options.subject, "Id of a run")->required()->type_name("");
}

void add_error_limit(CLI::App& app, Options& options) {
    app.add_option("--errorLimit", options.error_limit, "Dirty records that are allowed")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
}

void add_submit(CLI::App& app, Options& options) {
    add_job(app, options);
    add_variables(app);
    app.add_option("--sources", options.sources, "Data sources file (default ./sources.json)")
        ->type_name("FILE");
    app.add_option("--name", options.name, "Who the job is, whatever it reads and writes")
        ->type_name("N");
    app.add_option("--label", options.label, "Only workers with this label run it")->type_name("L");
    app.add_flag("--replay", options.replay, "Run a committed window again");
    add_error_limit(app, options);
    app.add_flag("--accept-loss", options.accept_loss, "Go on behind changes that are gone");
    app.add_flag("--watch", options.watch, "Show it until it is over");
    add_remote(app, options);
}

void add_ps(CLI::App& app, Options& options) {
    app.add_flag("--all", options.all, "Runs that are over, too");
    app.add_flag("--watch", options.watch, "Look again and again");
    add_remote(app, options);
}

void add_show(CLI::App& app, Options& options) {
    add_run_id(app, options);
    app.add_flag("--watch", options.watch, "Look again until it is over");
    add_remote(app, options);
}

void add_logs(CLI::App& app, Options& options) {
    add_run_id(app, options);
    app.add_flag("-f,--follow", options.follow, "Wait for more lines until the run is over");
    add_server(app, options);
}

void add_steer(CLI::App& app, Options& options) {
    add_run_id(app, options);
    add_remote(app, options);
}

void add_rerun(CLI::App& app, Options& options) {
    add_run_id(app, options);
    add_error_limit(app, options);
    add_remote(app, options);
}

void add_replay(CLI::App& app, Options& options) {
    app.add_option("RUN", options.subject, "Id of a task, or of one of its runs")
        ->required()
        ->type_name("");
    app.add_option("--from", options.from, "yyyyMMddHHmmss, or 2026-11-21T10:00:00Z")
        ->required()
        ->type_name("TIME");
    app.add_option("--to", options.to, "The same; windows that lie in between are replayed")
        ->required()
        ->type_name("TIME");
    app.add_option("--time-zone", options.time_zone, "Of these times (default Asia/Shanghai)")
        ->type_name("ZONE");
    app.add_flag("--dry-run", options.dry_run, "Only say which windows");
    app.add_flag("--whole-partition", options.whole_partition,
                 "Also others that share a MaxCompute partition with these");
    add_remote(app, options);
}

void add_set(CLI::App& app, Options& options) {
    add_run_id(app, options);
    app.add_option("LIMIT", options.changes, "mbps=NUMBER (0 = no limit), concurrent=NUMBER")
        ->required()
        ->type_name("");
    add_remote(app, options);
}

void add_config(CLI::App& app, Options& options) {
    app.add_option("--config", options.config, "Configuration of the cluster (docs/cluster.md)")
        ->required()
        ->type_name("FILE");
}

void add_worker(CLI::App& app, Options& options) {
    add_config(app, options);
    app.add_option("--slots", options.slots, "Work items at the same time")
        ->type_name("N")
        ->check(CLI::Range(1, 1024));
    app.add_option("--label", options.labels,
                   "Resource group whose items it takes; may be repeated")
        ->type_name("L")
        ->allow_extra_args(false);
}

struct Command {
    const char* name;
    const char* what;
    const char* example;
    void (*add_options)(CLI::App&, Options&);
    bool hidden = false;
};

// A new sub-command is a line here, a function in commands.h and a line in main.cc.
constexpr Command kCommands[] = {
    {"run", "Run a job's window, or the next ones",
     "millrace run job.json -Dstart_time=20180115120000 -Dend_time=20180115120500",
     add_run_options},
    {"plan", "Say what a run would do, without doing it",
     "millrace plan job.json -Dstart_time=20180115120000 -Dend_time=20180115120500",
     add_run_options},
    {"verify", "Say whether a target still holds what a receipt says",
     "millrace verify 8f14e45fceea167a --sources sources.json", add_verify},
    {"quarantine", "List dirty records; redrive: write their rows as they are now",
     "millrace quarantine redrive 8f14e45fceea167a job.json", add_quarantine},
    {"worker", "Run work items of a cluster, until SIGTERM",
     "millrace worker --config millrace.json --slots 8", add_worker},
    {"check", "Try the data sources of a job", "millrace check job.json --next", add_run_options},
    {"lint", "Say all that is wrong with a job, at file:line:column",
     "millrace lint job.json -Dstart_time=20180115120000 -Dend_time=20180115120500", add_lint},
    {"fmt", "Write a job tidily: plain JSON, comments kept", "millrace fmt --in-place job.json",
     add_fmt},
    {"template", "Print a job to begin with", "millrace template otsstream oss > job.json",
     add_template},
    {"submit", "Give a job to a cluster",
     "millrace submit job.json -Dstart_time=20180115120000 -Dend_time=20180115120500 --watch",
     add_submit},
    {"ps", "List the runs of a cluster", "millrace ps --all", add_ps},
    {"show", "Show one run: its items, who holds them, how far they are",
     "millrace show 8f14e45fceea167a --watch", add_show},
    {"logs", "Print the log of a run", "millrace logs 8f14e45fceea167a -f", add_logs},
    {"pause", "Pause a run", "millrace pause 8f14e45fceea167a", add_steer},
    {"resume", "Let a paused run go on", "millrace resume 8f14e45fceea167a", add_steer},
    {"cancel", "Cancel a run", "millrace cancel 8f14e45fceea167a", add_steer},
    {"rerun", "Let a failed run go on", "millrace rerun 8f14e45fceea167a --errorLimit 10",
     add_rerun},
    {"replay", "Read committed windows again and replace what they wrote",
     "millrace replay 8f14e45fceea167a --from 20180115120000 --to 20180115130000 --dry-run",
     add_replay},
    {"set", "Change the limits of a run", "millrace set 8f14e45fceea167a mbps=7 concurrent=4",
     add_set},
    {"coordinator", "Drive the jobs of a cluster, and serve its API",
     "millrace coordinator --config millrace.json", add_config},
    {"version", "Print the version", "millrace version", add_version},
    {"docs", "Print a page of docs/", "millrace docs jobs > docs/jobs.md", add_docs, true},
};

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const Command& command : kCommands) {
        if (!command.hidden) names.emplace_back(command.name);
    }
    return names;
}

// A word that is no sub-command; CLI11 would only say that one is needed.
bool report_mistyped(const std::vector<std::string>& rest, std::ostream& err) {
    if (rest.empty() || rest.front().starts_with('-')) return false;
    for (const Command& command : kCommands) {
        if (rest.front() == command.name) return false;
    }
    const std::string near = did_you_mean(rest.front(), command_names());
    err << "millrace: there is no command \"" << rest.front() << "\"" << near;
    if (near.empty()) {
        err << "; commands:";
        for (const std::string& name : command_names()) err << " " << name;
    }
    err << "\n";
    return true;
}

}  // namespace

std::optional<Options> read_command_line(const std::vector<std::string>& arguments,
                                         std::ostream& out, std::ostream& err, int& exit_code) {
    exit_code = kExitUsage;
    Result<Arguments> read = read_arguments(arguments);
    if (!read.ok()) {
        err << "millrace: " << read.status().text() << "\n";
        return {};
    }
    if (report_mistyped(read->rest, err)) return {};
    Options options;
    options.variables = std::move(read->variables);
    options.notes = std::move(read->notes);
    CLI::App app("Moves data between Tablestore and everything around it, exactly once.",
                 "millrace");
    app.require_subcommand(1);
    app.footer("Example:\n  millrace template otsstream oss");
    for (const Command& command : kCommands) {
        CLI::App* sub = app.add_subcommand(command.name, command.what);
        sub->footer(std::string("Example:\n  ") + command.example);
        command.add_options(*sub, options);
        if (command.hidden) sub->group("");
    }
    if (read->rest.empty()) {
        err << app.help();
        return {};
    }
    try {
        std::vector<std::string> reversed(read->rest.rbegin(), read->rest.rend());
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        // CLI11 has exit codes of its own; here every mistake is 2.
        exit_code = app.exit(error, out, err) == 0 ? kExitDone : kExitUsage;
        return {};
    }
    for (const CLI::App* sub : app.get_subcommands()) options.command = sub->get_name();
    exit_code = kExitDone;
    return options;
}

}  // namespace millrace::cli
