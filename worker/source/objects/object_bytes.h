// An object as it is stored, and as it was before gzip.
#pragma once

#include <optional>

#include "common/codec/gunzip.h"
#include "common/services/oss/object_item.h"
#include "common/services/oss/range_fetch.h"
#include "worker/source/objects/byte_stream.h"

namespace millrace {

// CRC-64 of the first `length` bytes of an object.
struct PrefixCrc {
    uint64_t crc64 = 0;
    uint64_t length = 0;
};

// From `offset` to the object's end, by ranged requests, one ahead. The whole object is checked
// against its CRC-64 at the end: what was read before `offset` counts by `known`, which covers at
// least the bytes before it. kCorrupt when they differ.
class ObjectBytes final : public ByteStream {
  public:
    struct Options {
        uint64_t range_bytes = 4 << 20;
        size_t piece_bytes = 128 << 10;  // given out at once, while they are in the cache
    };

    // `client` outlives this object. `object` is not empty.
    ObjectBytes(oss::Client& client, const oss::ObjectStart& object, uint64_t offset,
                PrefixCrc known, Options options);

    Result<std::string_view> next() override;
    // Covers at least all that was given out.
    PrefixCrc crc() const { return crc_; }

  private:
    void fetch();
    Result<bool> next_range();
    Status check_whole() const;

    const oss::ObjectStart object_;
    const std::string place_;  // for people
    const Options options_;
    oss::RangeFetch fetch_;
    uint64_t asked_;  // bytes before it are here or on their way
    uint64_t given_;  // bytes before it were given out
    PrefixCrc crc_;
    std::optional<uint64_t> whole_crc_;  // as the service says
    oss::FetchedRange range_;
    size_t in_range_ = 0;  // bytes of range_ that were given out
    Buffer spare_;
};

// The bytes that the gzip members in `stored` hold, from `offset` on. `stored` outlives it.
class GunzippedBytes final : public ByteStream {
  public:
    GunzippedBytes(ByteStream& stored, std::string place, uint64_t offset)
        : stored_(stored), place_(std::move(place)), skip_(offset) {}

    Result<std::string_view> next() override;

  private:
    Result<std::string_view> inflate();

    ByteStream& stored_;
    const std::string place_;
    uint64_t skip_;
    Gunzip gunzip_;
    std::string_view rest_;
    bool ended_ = false;
    Buffer out_;
};

}  // namespace millrace
