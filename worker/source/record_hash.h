// A record's part of the source sum (P10): XXH3-128 of u16 length and shard id, epoch u32,
// timestamp i64, row index u32, action u8 and the PlainBuffer bytes, little-endian.
#pragma once

#include <cstring>

#include "common/base/buffer.h"
#include "common/base/hash128.h"
#include "common/base/ids.h"
#include "common/record/change.h"

namespace millrace {

// One per item, used by one thread.
class RecordHash {
  public:
    explicit RecordHash(const ShardId& shard) {
        char size[2];
        put(size, static_cast<uint16_t>(shard.text().size()));
        input_.append({size, sizeof size});
        input_.append(shard.text());
        prefix_ = input_.size();
    }

    // Copying the record behind its head is cheaper than a hash that is fed in pieces.
    XXH128_hash_t of(const Sequence& sequence, ChangeKind kind, std::string_view record) {
        input_.truncate(prefix_);
        char fields[17];
        char* at = put(fields, sequence.epoch);
        at = put(at, sequence.timestamp_us);
        at = put(at, sequence.row_index);
        put(at, static_cast<uint8_t>(static_cast<int>(kind) + 1));  // as the wire numbers actions
        input_.append({fields, sizeof fields});
        input_.append(record);
        return hash128(input_.view());
    }

  private:
    template <typename Number>
    static char* put(char* to, Number number) {
        std::memcpy(to, &number, sizeof number);
        return to + sizeof number;
    }

    Buffer input_;
    size_t prefix_ = 0;
};

}  // namespace millrace
