// `bench [WORKLOAD…]`: measures and prints what was reached beside goal and floor.
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "bench/report.h"
#include "bench/workload.h"

namespace millrace::bench {
namespace {

int run_one(const Workload& workload, const Options& options, bool json) {
    const Result<Figures> figures = workload.run(options);
    if (!figures.ok()) {
        std::fprintf(stderr, "bench: %s: %s\n", workload.name.c_str(),
                     figures.status().text().c_str());
        return 1;
    }
    (json ? print_json : print_text)(workload.name, *figures);
    return 0;
}

// In a process of its own, so that none inherits the memory of another.
int run_apart(const Workload& workload, const Options& options, bool json) {
    const pid_t pid = fork();
    if (pid == 0) _exit(run_one(workload, options, json));
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int list() {
    for (const Workload& one : workloads()) {
        std::printf("%-12s %s\n", one.name.c_str(), one.sentence.c_str());
    }
    return 0;
}

// Those named, or all.
std::vector<Workload> chosen(const std::vector<std::string>& names) {
    std::vector<Workload> made;
    for (const std::string& name : names) {
        const auto found = std::find_if(workloads().begin(), workloads().end(),
                                        [&](const Workload& one) { return one.name == name; });
        if (found == workloads().end()) throw CLI::ValidationError("no workload " + name);
        made.push_back(*found);
    }
    return names.empty() ? workloads() : made;
}

int run(int argc, char** argv) {
    Options options;
    std::vector<std::string> names;
    bool json = false, inside = false;
    CLI::App app{"Measures Millrace. `bench list` names the workloads; without a name all run."};
    app.add_option("workload", names, "what to measure, or `list`");
    app.add_flag("--json", json, "one JSON object on a line for each figure");
    app.add_option("--pages", options.pages, "of 1 MiB, per run in this process");
    app.add_option("--records", options.records, "per run over loopback");
    app.add_option("--rounds", options.rounds, "measured runs")->check(CLI::Range(1, 1000));
    app.add_option("--datax-home", options.datax_home, "an existing DataX to compare with");
    app.add_option("--datax-records", options.datax_records, "at least 1000000");
    app.add_flag("--inside", inside, "not in a process of its own (for profilers)");
    app.footer("Example: bench csv bulk --rounds 9");
    try {
        app.parse(argc, argv);
        if (names == std::vector<std::string>{"list"}) return list();
        int code = 0;
        for (const Workload& one : chosen(names)) {
            code = std::max(code, (inside ? run_one : run_apart)(one, options, json));
        }
        return code;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
}

}  // namespace
}  // namespace millrace::bench

int main(int argc, char** argv) {
    return millrace::bench::run(argc, argv);
}
