// CRC-32C (Castagnoli, reflected), with the processor's instruction for it: the checksum of
// MaxCompute's record streams.
#pragma once

#include <nmmintrin.h>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace {

// For builds for any x86-64; where SSE 4.2 is the floor anyway it changes nothing.
#define MILLRACE_SSE42 [[gnu::target("sse4.2")]]

// Fed in pieces; value() is the checksum of all of them together.
class Crc32c {
  public:
    MILLRACE_SSE42 void add(std::string_view bytes) {
        const char* at = bytes.data();
        size_t left = bytes.size();
        uint64_t state = state_;
        for (; left >= 8; left -= 8, at += 8) {
            uint64_t word;
            std::memcpy(&word, at, 8);
            state = _mm_crc32_u64(state, word);
        }
        state_ = static_cast<uint32_t>(state);
        for (; left > 0; --left, ++at) add_byte(static_cast<uint8_t>(*at));
    }
    // Little-endian.
    MILLRACE_SSE42 void add_u64(uint64_t value) {
        state_ = static_cast<uint32_t>(_mm_crc32_u64(state_, value));
    }
    MILLRACE_SSE42 void add_u32(uint32_t value) { state_ = _mm_crc32_u32(state_, value); }
    MILLRACE_SSE42 void add_byte(uint8_t value) { state_ = _mm_crc32_u8(state_, value); }

    uint32_t value() const { return ~state_; }
    void reset() { state_ = ~uint32_t{0}; }

  private:
    uint32_t state_ = ~uint32_t{0};
};

#undef MILLRACE_SSE42

}  // namespace millrace
