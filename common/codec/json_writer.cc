#include "common/codec/json_writer.h"

#include <bit>
#include <charconv>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace millrace {

namespace {

constexpr size_t kBlock = 16;
constexpr size_t kEscapeMax = 6;  // \u001f

// Writes the escape of one byte and gives the place after it.
char* put_escape(char* out, unsigned char c) {
    static constexpr char kHex[] = "0123456789abcdef";
    char letter = 0;
    switch (c) {
        case '"': letter = '"'; break;
        case '\\': letter = '\\'; break;
        case '\b': letter = 'b'; break;
        case '\f': letter = 'f'; break;
        case '\n': letter = 'n'; break;
        case '\r': letter = 'r'; break;
        case '\t': letter = 't'; break;
        default: break;
    }
    *out++ = '\\';
    if (letter) {
        *out++ = letter;
        return out;
    }
    std::memcpy(out, "u00", 3);
    out[3] = kHex[c >> 4];
    out[4] = kHex[c & 15];
    return out + 5;
}

struct Copied {
    char* end;
    bool high;  // a byte above 0x7f was seen
};

#if defined(__SSE2__)

struct Scan {
    __m128i seen = _mm_setzero_si128();

    // Copies a block and gives the lanes of its bytes that must be escaped.
    __m128i copy(__m128i block, char* out) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), block);
        seen = _mm_or_si128(seen, block);
        const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
        const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
        return _mm_or_si128(control, _mm_or_si128(quote, slash));
    }
    static unsigned bits(__m128i lanes) { return static_cast<unsigned>(_mm_movemask_epi8(lanes)); }
    bool high() const { return _mm_movemask_epi8(seen) != 0; }
};

__m128i load_block(const char* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

template <typename Word>
uint64_t load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

// The last `size` < 16 bytes without reading beside them; the other lanes are zero.
__m128i load_tail(const char* from, size_t size) {
    if (size >= 8) {
        const uint64_t low = load<uint64_t>(from);
        if (size == 8) return _mm_set_epi64x(0, static_cast<long long>(low));
        const uint64_t high = load<uint64_t>(from + size - 8) >> (8 * (16 - size));
        return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
    }
    uint64_t low = 0;
    if (size >= 4) {
        low = load<uint32_t>(from) | load<uint32_t>(from + size - 4) << (8 * (size - 4));
    } else if (size > 0) {
        low = load<uint8_t>(from) | load<uint8_t>(from + size / 2) << (8 * (size / 2)) |
              load<uint8_t>(from + size - 1) << (8 * (size - 1));
    }
    return _mm_set_epi64x(0, static_cast<long long>(low));
}

Copied copy_escaped(char* out, std::string_view text) {
    Scan scan;
    const char* from = text.data();
    size_t left = text.size();
    while (left >= kBlock) {
        // Most text has nothing to escape: two blocks at a time.
        while (left >= 2 * kBlock) {
            const __m128i first = scan.copy(load_block(from), out);
            const __m128i second = scan.copy(load_block(from + kBlock), out + kBlock);
            if (Scan::bits(_mm_or_si128(first, second)) != 0) break;
            from += 2 * kBlock, out += 2 * kBlock, left -= 2 * kBlock;
        }
        if (left < kBlock) break;
        const unsigned hits = Scan::bits(scan.copy(load_block(from), out));
        if (hits == 0) [[likely]] {
            from += kBlock, out += kBlock, left -= kBlock;
            continue;
        }
        const auto clean = static_cast<size_t>(std::countr_zero(hits));
        out = put_escape(out + clean, static_cast<unsigned char>(from[clean]));
        from += clean + 1, left -= clean + 1;
    }
    while (left > 0) {
        const unsigned hits =
            Scan::bits(scan.copy(load_tail(from, left), out)) & ((1u << left) - 1);
        if (hits == 0) {
            out += left;
            break;
        }
        const auto clean = static_cast<size_t>(std::countr_zero(hits));
        out = put_escape(out + clean, static_cast<unsigned char>(from[clean]));
        from += clean + 1, left -= clean + 1;
    }
    return {out, scan.high()};
}

#else

Copied copy_escaped(char* out, std::string_view text) {
    unsigned char seen = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        seen |= byte;
        if (byte < 0x20 || byte == '"' || byte == '\\') {
            out = put_escape(out, byte);
        } else {
            *out++ = c;
        }
    }
    return {out, (seen & 0x80) != 0};
}

#endif

template <typename Number>
void append_number(Buffer& out, Number value) {
    char* begin = out.room(32);
    const auto end = std::to_chars(begin, begin + 32, value).ptr;
    out.commit(static_cast<size_t>(end - begin));
}

}  // namespace

bool append_json_string(Buffer& out, std::string_view text) {
    char* const begin = out.room(text.size() * kEscapeMax + 2 + kBlock);
    char* end = begin;
    *end++ = '"';
    const Copied copied = copy_escaped(end, text);
    end = copied.end;
    *end++ = '"';
    out.commit(static_cast<size_t>(end - begin));
    return copied.high;
}

void append_json_integer(Buffer& out, int64_t value) {
    append_number(out, value);
}
void append_json_integer(Buffer& out, uint64_t value) {
    append_number(out, value);
}
void append_json_double(Buffer& out, double value) {
    append_number(out, value);
}

}  // namespace millrace
