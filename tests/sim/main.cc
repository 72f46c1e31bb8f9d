// millrace-sim: histories of a cluster, one per seed.
#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <optional>
#include <vector>

#include "common/base/log.h"
#include "common/base/planted_bug.h"
#include "tests/sim/jobs.h"
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

// So many histories are told twice, and must be the same.
constexpr uint64_t kRepeatEvery = 50;
constexpr uint64_t kTellEvery = 500;

int verdict(const Tally& tally) {
    std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(tally.passed),
                static_cast<unsigned long long>(tally.failed));
    return tally.failed == 0 ? 0 : 1;
}

bool holds(uint64_t seed, Tally& tally) {
    const Outcome outcome = simulate(seed, false);
    tally.hash += outcome.hash;
    std::optional<Violation> broken = outcome.violation;
    if (!broken && seed % kRepeatEvery == 0 && simulate(seed, false).hash != outcome.hash) {
        broken = Violation{"one seed, one history", "the second time was another one"};
    }
    if (!broken) return true;
    std::printf("seed %llu (%s): %s: %s\n", static_cast<unsigned long long>(seed),
                std::string(name_of(outcome.scenario.target)).c_str(), broken->invariant.c_str(),
                broken->text.c_str());
    std::fflush(stdout);
    return false;
}

int run_many(const std::vector<uint64_t>& seeds, int jobs) {
    const Tally tally = in_processes(jobs, [&](int part, int of) {
        Tally mine;
        for (size_t i = static_cast<size_t>(part); i < seeds.size(); i += static_cast<size_t>(of)) {
            ++(holds(seeds[i], mine) ? mine.passed : mine.failed);
            const uint64_t done = mine.passed + mine.failed;
            if (done % kTellEvery == 0) {
                std::printf("%llu histories, part %d of %d\n",
                            static_cast<unsigned long long>(done), part + 1, of);
                std::fflush(stdout);
            }
        }
        return mine;
    });
    std::printf("hash of all: %016llx\n", static_cast<unsigned long long>(tally.hash));
    return verdict(tally);
}

// Of "1-2000,2732": numbers and ranges. Nothing: it is no such list.
std::optional<std::vector<uint64_t>> parse_seeds(std::string_view list) {
    std::vector<uint64_t> seeds;
    while (!list.empty()) {
        const std::string_view one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(one.size() + 1, list.size()));
        uint64_t first = 0;
        auto read = std::from_chars(one.data(), one.data() + one.size(), first);
        uint64_t last = first;
        if (read.ec == std::errc() && read.ptr != one.data() + one.size() && *read.ptr == '-') {
            read = std::from_chars(read.ptr + 1, one.data() + one.size(), last);
        }
        if (read.ec != std::errc() || read.ptr != one.data() + one.size()) return {};
        for (uint64_t seed = first; seed <= last; ++seed) seeds.push_back(seed);
    }
    return seeds;
}

// Does the planted bug break an invariant of one of these histories?
bool is_found(std::string_view name, PlantedBug bug, uint64_t seeds) {
    planted_bug = bug;
    uint64_t seed = 1;
    Outcome outcome = simulate(seed, false);
    while (!outcome.violation && seed < seeds) outcome = simulate(++seed, false);
    planted_bug = PlantedBug::kNone;
    std::printf("%-34.*s %-13s %4llu  %s\n", static_cast<int>(name.size()), name.data(),
                outcome.violation ? "found by seed" : "NOT FOUND in",
                static_cast<unsigned long long>(seed),
                outcome.violation ? outcome.violation->invariant.c_str() : "");
    std::fflush(stdout);
    return outcome.violation.has_value();
}

int check_bugs(uint64_t seeds, int jobs) {
    return verdict(in_processes(jobs, [&](int part, int of) {
        Tally mine;
        for (size_t i = 0; i < kPlantedBugs.size(); ++i) {
            if (i % static_cast<size_t>(of) != static_cast<size_t>(part)) continue;
            const auto& [name, bug] = kPlantedBugs[i];
            ++(is_found(name, bug, seeds) ? mine.passed : mine.failed);
        }
        return mine;
    }));
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
    int jobs = 1;
    const auto* one = app.add_option("--seed", seed, "one history");
    app.add_flag("--trace", trace, "print its events");
    app.add_option("--seeds", seeds, "A-B,C,…: from A to B, and C");
    app.add_option("--bug", bug, "with this planted bug");
    app.add_flag("--check-bugs", check, "every planted bug must be found");
    app.add_option("--bug-seeds", bug_seeds, "within so many seeds");
    app.add_option("--jobs", jobs, "processes")->check(CLI::Range(1, 256));
    CLI11_PARSE(app, argc, argv);
    if (!bug.empty() && !plant(bug)) return 2;
    if (check) {
        log::set_level(log::Level::kOff);
        return check_bugs(bug_seeds, jobs);
    }
    log::set_level(trace ? log::Level::kInfo : log::Level::kOff);
    if (*one) return run_one(seed, trace);
    const auto many = parse_seeds(seeds);
    if (!many || many->empty()) return app.exit(CLI::CallForHelp()), 2;
    return run_many(*many, jobs);
}

}  // namespace
}  // namespace millrace::sim

int main(int argc, char** argv) {
    return millrace::sim::run(argc, argv);
}
