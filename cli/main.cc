#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "common/base/crash_point.h"
#include "common/base/log.h"

namespace millrace::cli {
namespace {

// The one place that reads the environment.
std::optional<std::string> from_environment(std::string_view name) {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return {};
    return value;
}

struct Runner {
    const char* name;
    int (*run)(const Options&, Surroundings&);
};

// The sub-commands, in the order of command_line.cc.
constexpr Runner kRunners[] = {
    {"run", run_run},           {"plan", run_plan},
    {"verify", run_verify},     {"check", run_check},
    {"lint", run_lint},         {"fmt", run_fmt},
    {"template", run_template}, {"version", run_version},
    {"docs", run_docs},         {"quarantine", run_quarantine},
    {"submit", run_submit},     {"ps", run_ps},
    {"show", run_show},         {"logs", run_logs},
    {"pause", run_pause},       {"resume", run_resume},
    {"cancel", run_cancel},     {"rerun", run_rerun},
    {"replay", run_replay},     {"set", run_set},
    {"worker", run_worker},     {"coordinator", run_coordinator},
};

int run(const std::vector<std::string>& arguments) {
    int exit_code = kExitUsage;
    const std::optional<Options> options =
        read_command_line(arguments, std::cout, std::cerr, exit_code);
    if (!options) return exit_code;
    for (const std::string& note : options->notes) std::cerr << "note: " << note << "\n";
    PosixFileSystem files;
    SystemClock clock;
    // Only tests set it: where the process is to end itself, see common/base/crash_point.h.
    if (Status armed = arm_crash_point(from_environment("MILLRACE_CRASH").value_or(""));
        !armed.ok()) {
        std::cerr << "MILLRACE_CRASH: " << armed.text() << "\n";
        return kExitUsage;
    }
    const std::string level = from_environment("MILLRACE_LOG").value_or("warn");
    log::set_level(level == "debug"  ? log::Level::kDebug
                   : level == "info" ? log::Level::kInfo
                                     : log::Level::kWarn);
    // It prints every answer that is no message; we say ourselves what was wrong with one.
    google::protobuf::SetLogHandler(nullptr);
    Surroundings world{files,     clock,     from_environment,
                       std::cout, std::cerr, isatty(STDOUT_FILENO) == 1};
    for (const Runner& runner : kRunners) {
        if (options->command == runner.name) return runner.run(*options, world);
    }
    std::cerr << "millrace " << options->command << ": not built yet in this version\n";
    return kExitUsage;
}

}  // namespace
}  // namespace millrace::cli

int main(int argc, char** argv) {
    return millrace::cli::run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
