// millrace-sim: histories of a cluster, one per seed.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "common/base/log.h"
#include "common/base/planted_bug.h"
#include "tests/sim/simulation.h"

namespace millrace::sim {
namespace {

int run_one(uint64_t seed, bool print) {
    const Outcome outcome = simulate(seed, print);
    std::printf("seed %llu: target %s, %zu windows, %llu events, hash %016llx: ",
                static_cast<unsigned long long>(seed),
                std::string(name_of(outcome.scenario.target)).c_str(),
                outcome.scenario.windows.size(), static_cast<unsigned long long>(outcome.events),
                static_cast<unsigned long long>(outcome.hash));
    if (!outcome.violation) {
        std::printf("ok\n");
        return 0;
    }
    std::printf("BROKEN: %s: %s\n", outcome.violation->invariant.c_str(),
                outcome.violation->text.c_str());
    return 1;
}

int run_many(uint64_t first, uint64_t last) {
    uint64_t passed = 0, failed = 0;
    for (uint64_t seed = first; seed <= last; ++seed) {
        const Outcome outcome = simulate(seed, false);
        if (!outcome.violation) {
            ++passed;
            continue;
        }
        ++failed;
        std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(seed),
                    outcome.violation->invariant.c_str(), outcome.violation->text.c_str());
        std::fflush(stdout);
    }
    std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(passed),
                static_cast<unsigned long long>(failed));
    return failed == 0 ? 0 : 1;
}

// Each planted bug must break an invariant of one of these histories.
int check_bugs(uint64_t seeds) {
    int found = 0, missed = 0;
    for (const auto& [name, bug] : kPlantedBugs) {
        planted_bug = bug;
        uint64_t seed = 1;
        Outcome outcome = simulate(seed, false);
        while (!outcome.violation && seed < seeds) outcome = simulate(++seed, false);
        ++(outcome.violation ? found : missed);
        std::printf("%-34.*s %s %4llu  %s\n", static_cast<int>(name.size()), name.data(),
                    outcome.violation ? "found by seed" : "NOT FOUND in ",
                    static_cast<unsigned long long>(seed),
                    outcome.violation ? outcome.violation->invariant.c_str() : "");
        std::fflush(stdout);
    }
    planted_bug = PlantedBug::kNone;
    std::printf("%d passed, %d failed\n", found, missed);
    return missed == 0 ? 0 : 1;
}

bool plant(const std::string& name) {
    for (const auto& [known, bug] : kPlantedBugs) {
        if (known != name) continue;
        planted_bug = bug;
        return true;
    }
    std::fprintf(stderr, "there is no bug \"%s\"\n", name.c_str());
    return false;
}

int run(int argc, char** argv) {
    CLI::App app{"Histories of a Millrace cluster in virtual time, one per seed."};
    uint64_t seed = 0, bug_seeds = 500;
    std::string seeds, bug;
    bool trace = false, check = false;
    const auto* one = app.add_option("--seed", seed, "one history");
    app.add_flag("--trace", trace, "print its events");
    app.add_option("--seeds", seeds, "A-B: from A to B");
    app.add_option("--bug", bug, "with this planted bug");
    app.add_flag("--check-bugs", check, "every planted bug must be found");
    app.add_option("--bug-seeds", bug_seeds, "within so many seeds");
    CLI11_PARSE(app, argc, argv);
    if (!bug.empty() && !plant(bug)) return 2;
    if (check) {
        log::set_level(log::Level::kOff);
        return check_bugs(bug_seeds);
    }
    log::set_level(trace ? log::Level::kInfo : log::Level::kOff);
    if (*one) return run_one(seed, trace);
    const size_t dash = seeds.find('-');
    if (dash == seeds.npos) return app.exit(CLI::CallForHelp()), 2;
    return run_many(std::stoull(seeds.substr(0, dash)), std::stoull(seeds.substr(dash + 1)));
}

}  // namespace
}  // namespace millrace::sim

int main(int argc, char** argv) {
    return millrace::sim::run(argc, argv);
}
