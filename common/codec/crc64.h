// CRC-64/XZ (ECMA-182, reflected), the checksum of OSS objects.
#pragma once

#include <cstdint>
#include <string_view>

namespace millrace {

// The checksum of what `crc` covers followed by `bytes`; begin with 0. Thread-safe.
uint64_t crc64(uint64_t crc, std::string_view bytes);

// The checksum of A followed by B, from crc(A), crc(B) and the length of B.
uint64_t crc64_combine(uint64_t crc_a, uint64_t crc_b, uint64_t length_b);

}  // namespace millrace
