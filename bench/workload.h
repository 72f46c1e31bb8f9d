// What a workload of the bench is: a name, a sentence, and figures that it measures.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/status.h"

namespace millrace::bench {

struct Options {
    uint64_t pages = 128;        // of 1 MiB, read by one run in this process
    uint64_t records = 200'000;  // of one run over loopback
    int rounds = 7;              // measured runs; a figure is their median
    std::string datax_home;      // empty = DataX is not measured
    uint64_t datax_records = 1'000'000;
};

// One number. What it is to be compared with stands beside it.
struct Figure {
    std::string name;
    double value = 0;
    std::string unit;
    std::optional<double> goal, milestone, floor;
    std::string note;      // the limiting factor, or what is not in the number
    bool measured = true;  // false: only the note says something
};

using Figures = std::vector<Figure>;

struct Workload {
    std::string name;
    std::string sentence;
    std::function<Result<Figures>(const Options&)> run;
};

// In the order in which they are run. Each runs in a process of its own.
const std::vector<Workload>& workloads();

Result<Figures> run_codec(const Options& options);
Result<Figures> run_parquet_write(const Options& options);
Result<Figures> run_loopback(const Options& options);
Result<Figures> run_redis_verbs(const Options& options);
Result<Figures> run_planning(const Options& options);
Result<Figures> run_start(const Options& options);
Result<Figures> run_datax(const Options& options);

}  // namespace millrace::bench
