#include "common/codec/gzip.h"

#include <isa-l/igzip_lib.h>

#include <array>

#include "common/base/check.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace millrace {

namespace {

#if defined(__x86_64__)
// Debian's ISA-L leaves the upper halves of the vector registers dirty, which slows all SSE code
// that follows.
__attribute__((target("avx"))) void clear_upper_halves() {
    _mm256_zeroupper();
}
void after_isal() {
    if (__builtin_cpu_supports("avx")) clear_upper_halves();
}
#else
void after_isal() {}
#endif

}  // namespace

void gzip(std::string_view bytes, Buffer& out) {
    thread_local std::array<uint8_t, ISAL_DEF_LVL1_DEFAULT> level_memory;
    MILLRACE_CHECK(bytes.size() < 1u << 31);
    // Stored blocks are the worst case: 5 bytes for each 64 KiB, and the gzip frame.
    const size_t room = bytes.size() + bytes.size() / 4096 + 1024;
    out.clear();
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    stream.level = 1;
    stream.level_buf = level_memory.data();
    stream.level_buf_size = static_cast<uint32_t>(level_memory.size());
    stream.gzip_flag = IGZIP_GZIP;
    stream.end_of_stream = 1;
    // ISA-L reads only, its type is not const.
    stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uint32_t>(bytes.size());
    stream.next_out = reinterpret_cast<uint8_t*>(out.room(room));
    stream.avail_out = static_cast<uint32_t>(room);
    const int code = isal_deflate_stateless(&stream);
    after_isal();
    MILLRACE_CHECK(code == COMP_OK);
    out.commit(stream.total_out);
}

}  // namespace millrace
