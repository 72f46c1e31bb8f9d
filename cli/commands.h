// The sub-commands. Each returns the exit code of the process.
#pragma once

#include <iosfwd>

#include "cli/options.h"
#include "common/base/clock.h"
#include "common/base/file_system.h"
#include "common/config/job_parse.h"

namespace millrace::cli {

// The exit codes of the command line.
constexpr int kExitDone = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;         // usage or configuration
constexpr int kExitDirtyRecords = 3;  // the limit of dirty records
constexpr int kExitUnreachable = 4;   // cannot connect, or cannot prove

// The outside world as the sub-commands see it; made by main().
struct Surroundings {
    FileSystem& files;
    Clock& clock;
    Environment environment;
    std::ostream& out;      // results
    std::ostream& err;      // everything else
    bool terminal = false;  // a person looks at `out`
};

int run_run(const Options& options, Surroundings& world);
int run_plan(const Options& options, Surroundings& world);
int run_check(const Options& options, Surroundings& world);
int run_verify(const Options& options, Surroundings& world);
int run_quarantine(const Options& options, Surroundings& world);
int run_lint(const Options& options, Surroundings& world);
int run_fmt(const Options& options, Surroundings& world);
int run_template(const Options& options, Surroundings& world);
int run_docs(const Options& options, Surroundings& world);
int run_submit(const Options& options, Surroundings& world);
int run_ps(const Options& options, Surroundings& world);
int run_show(const Options& options, Surroundings& world);
int run_logs(const Options& options, Surroundings& world);
int run_pause(const Options& options, Surroundings& world);
int run_resume(const Options& options, Surroundings& world);
int run_cancel(const Options& options, Surroundings& world);
int run_rerun(const Options& options, Surroundings& world);
int run_replay(const Options& options, Surroundings& world);
int run_set(const Options& options, Surroundings& world);
int run_worker(const Options& options, Surroundings& world);
int run_coordinator(const Options& options, Surroundings& world);
int run_version(const Options& options, Surroundings& world);

// What the process says with its exit code.
int exit_code_of(const Status& status);

// The script and the data sources file, read; kConfig when a file cannot be read. For lint, run,
// plan and check.
Result<JobRequest> make_job_request(const Options& options, Surroundings& world);
// --sources, or the file at its usual place.
Result<std::optional<SourcesText>> find_data_sources(const Options& options, Surroundings& world);

}  // namespace millrace::cli
