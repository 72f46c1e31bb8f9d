// Chances of the simulated world, repeated by a seed.
#pragma once

#include <initializer_list>

#include "common/base/fakes/fake_random.h"
#include "common/base/time.h"

namespace millrace::sim {

class Dice {
  public:
    explicit Dice(uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15ULL + 1) {}

    uint64_t next() { return random_.next(); }
    uint64_t below(uint64_t bound) { return random_.below(bound); }
    // In [low, high].
    int64_t between(int64_t low, int64_t high) {
        return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
    }
    Duration between(Duration low, Duration high) {
        return Duration(between(low.count(), high.count()));
    }
    bool chance(double probability) {
        return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
    }
    template <typename T>
    T one_of(std::initializer_list<T> choices) {
        return choices.begin()[below(choices.size())];
    }
    // Mostly near `low`, rarely up to `high`.
    Duration mostly_short(Duration low, Duration high) {
        const Duration span = high - low;
        const double x = static_cast<double>(next() >> 11) * 0x1p-53;
        return low + Duration(static_cast<int64_t>(static_cast<double>(span.count()) * x * x * x));
    }

  private:
    FakeRandom random_;
};

}  // namespace millrace::sim
