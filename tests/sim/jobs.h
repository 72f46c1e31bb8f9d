// Work that is dealt out to several processes, for a history has all of its thread of the system.
#pragma once

#include <cstdint>
#include <functional>

namespace millrace::sim {

struct Tally {
    uint64_t passed = 0, failed = 0;
    uint64_t hash = 0;  // sum of the hashes of all histories
};

// `work` does the part of `part` in `of`. A process that ends without a tally counts as failed.
Tally in_processes(int of, const std::function<Tally(int part, int of)>& work);

}  // namespace millrace::sim
