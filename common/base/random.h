// The seam through which all randomness is drawn.
#pragma once

#include <cstdint>
#include <string>

namespace millrace {

// Thread-safe.
class Random {
  public:
    virtual ~Random() = default;
    virtual uint64_t next() = 0;

    // Uniform in [0, bound); bound > 0.
    uint64_t below(uint64_t bound) { return next() % bound; }
    // Lower-case hex digits.
    std::string hex(size_t digits);
};

// From the operating system's generator.
class SystemRandom final : public Random {
  public:
    uint64_t next() override;
};

}  // namespace millrace
