// CRC-32C (Castagnoli), by the instruction of every processor since 2010.
#pragma once

#include <nmmintrin.h>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace::standin {

class Crc32c {
  public:
    __attribute__((target("sse4.2"))) void add(std::string_view bytes) {
        uint64_t word = 0;
        for (; bytes.size() >= sizeof word; bytes.remove_prefix(sizeof word)) {
            std::memcpy(&word, bytes.data(), sizeof word);
            state_ = static_cast<uint32_t>(_mm_crc32_u64(state_, word));
        }
        for (const char byte : bytes)
            state_ = _mm_crc32_u8(state_, static_cast<unsigned char>(byte));
    }
    // The bytes of a number, little-endian.
    template <typename Number>
    void add_number(Number number) {
        add({reinterpret_cast<const char*>(&number), sizeof number});
    }
    uint32_t value() const { return ~state_; }

  private:
    uint32_t state_ = ~uint32_t{0};
};

}  // namespace millrace::standin
