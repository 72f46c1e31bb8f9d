// Figures for people and for machines.
#pragma once

#include "bench/workload.h"

namespace millrace::bench {

// A line for each figure.
void print_text(const std::string& workload, const Figures& figures);
// A JSON object on a line for each figure.
void print_json(const std::string& workload, const Figures& figures);

}  // namespace millrace::bench
