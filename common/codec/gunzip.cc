#include "common/codec/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "common/base/check.h"

namespace millrace {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

uInt clamp(size_t size) {
    return static_cast<uInt>(std::min<size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

struct Gunzip::Stream {
    z_stream z = {};
};

Gunzip::Gunzip() : stream_(std::make_unique<Stream>()) {
    MILLRACE_CHECK(inflateInit2(&stream_->z, kGzipOnly) == Z_OK);
}

Gunzip::~Gunzip() {
    inflateEnd(&stream_->z);
}

Result<size_t> Gunzip::next(std::string_view bytes, size_t room, Buffer& out) {
    z_stream& z = stream_->z;
    out.clear();
    // zlib reads only, its type is not const.
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    z.avail_in = clamp(bytes.size());
    const uInt given = z.avail_in;
    z.next_out = reinterpret_cast<Bytef*>(out.room(room));
    z.avail_out = clamp(room);
    const uInt had = z.avail_out;
    while (z.avail_out > 0) {
        if (complete_) {
            if (z.avail_in == 0) break;
            inflateReset(&z);
            complete_ = false;
        }
        const int code = inflate(&z, Z_NO_FLUSH);
        if (code == Z_BUF_ERROR) break;  // it needs more bytes
        if (code != Z_OK && code != Z_STREAM_END) {
            return Status(Code::kCorrupt, "the bytes are no gzip, or damaged");
        }
        complete_ = code == Z_STREAM_END;
    }
    out.commit(had - z.avail_out);
    return size_t{given - z.avail_in};
}

}  // namespace millrace
