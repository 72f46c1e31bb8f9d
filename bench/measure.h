// Clocks and counters of this process.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace millrace::bench {

struct Spent {
    double cpu_us = 0;  // user and system, all threads of this process
    double wall_us = 0;
};

Spent spent_by(const std::function<void()>& work);
double median(std::vector<double> values);

// Highest resident size so far, in MiB.
double resident_peak_mib();

// The folder of the running program.
std::string own_folder();

}  // namespace millrace::bench
