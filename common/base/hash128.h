// XXH3-128 sums that do not depend on order: added modulo 2^128, never XORed (P10: two equal
// records would cancel).
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace millrace {

// XXH3-128 with seed 0. Thread-safe.
XXH128_hash_t hash128(std::string_view bytes);

class Sum128 {
  public:
    void add(XXH128_hash_t hash) { value_ += join(hash); }
    void add(std::string_view bytes) { add(hash128(bytes)); }
    void add(const Sum128& other) { value_ += other.value_; }
    bool operator==(const Sum128& other) const = default;

    // 32 lower-case hex digits, most significant first.
    std::string hex() const;
    static Result<Sum128> parse(std::string_view hex);

  private:
    __extension__ using Wide = unsigned __int128;
    static Wide join(XXH128_hash_t hash) { return (Wide(hash.high64) << 64) | hash.low64; }
    Wide value_ = 0;
};

}  // namespace millrace
