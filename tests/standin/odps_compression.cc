#include "tests/standin/odps_compression.h"

#include <zlib.h>

namespace millrace::standin {

std::string zlib_deflate(std::string_view bytes) {
    uLongf size = compressBound(bytes.size());
    std::string packed(size, '\0');
    compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
              reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), Z_BEST_SPEED);
    packed.resize(size);
    return packed;
}

std::optional<std::string> zlib_inflate(std::string_view bytes) {
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) return std::nullopt;
    // zlib only reads the bytes, although the member is not const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string plain;
    int result = Z_OK;
    while (result == Z_OK) {
        char room[64 << 10];
        stream.next_out = reinterpret_cast<Bytef*>(room);
        stream.avail_out = sizeof room;
        result = inflate(&stream, Z_NO_FLUSH);
        plain.append(room, sizeof room - stream.avail_out);
    }
    const bool whole = result == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    return whole ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace millrace::standin
