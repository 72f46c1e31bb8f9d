// Randomness that a seed repeats (SplitMix64).
#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::standin {

inline uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

inline uint64_t mix_text(std::string_view text) {
    uint64_t value = 0;
    for (const char c : text) value = mix(value ^ static_cast<unsigned char>(c));
    return value;
}

// Not thread-safe.
class Seeded {
  public:
    explicit Seeded(uint64_t seed) : state_(mix(seed)) {}
    uint64_t next() { return mix(state_++); }
    uint64_t below(uint64_t bound) { return next() % bound; }  // bound > 0
    double real() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  private:
    uint64_t state_;
};

}  // namespace millrace::standin
