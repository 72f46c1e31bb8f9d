// One history of a cluster, from a seed.
#pragma once

#include <optional>

#include "tests/sim/referee.h"

namespace millrace::sim {

struct Outcome {
    std::optional<Violation> violation;
    uint64_t hash = 0;  // of all events
    uint64_t events = 0;
    Duration ended{0};  // in virtual time
    Scenario scenario;
};

// `print`: every event to standard output.
Outcome simulate(uint64_t seed, bool print);

}  // namespace millrace::sim
