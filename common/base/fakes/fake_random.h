// A random source that repeats itself for a seed (splitmix64).
#pragma once

#include <atomic>

#include "common/base/random.h"

namespace millrace {

class FakeRandom final : public Random {
  public:
    explicit FakeRandom(uint64_t seed = 1) : state_(seed) {}
    uint64_t next() override {
        uint64_t z = state_.fetch_add(0x9e3779b97f4a7c15ULL) + 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

  private:
    std::atomic<uint64_t> state_;
};

}  // namespace millrace
