#include "common/codec/csv.h"

#include <cstring>
#include <vector>

#include "common/base/check.h"
#include "common/codec/number_text.h"
#include "common/codec/utf8.h"
#include "common/crypto/digest.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace millrace {
namespace {

constexpr char kQuote = '"';
constexpr std::string_view kNotText =
    "a binary value is not UTF-8 text; set \"byteEncoding\": \"base64\"";

// The bytes that make a field be quoted.
struct Marks {
    char delimiter, line_end;
    bool has(char c) const { return c == kQuote || c == delimiter || c == line_end; }
};

// Copies while looking for marks; null when there is one (what was written then is garbage). Never
// reads or writes outside of the field.
#if defined(__SSE2__)
class Scanner {
  public:
    explicit Scanner(Marks marks)
        : quote_(_mm_set1_epi8(kQuote)),
          delimiter_(_mm_set1_epi8(marks.delimiter)),
          line_end_(_mm_set1_epi8(marks.line_end)) {}

    char* copy(char* out, const char* in, size_t size) const {
        if (size >= 16) return copy_long(out, in, size);
        if (size >= 8) return copy_two<uint64_t>(out, in, size);
        if (size >= 4) return copy_two<uint32_t>(out, in, size);
        if (size >= 2) return copy_two<uint16_t>(out, in, size);
        if (size == 0) return out;
        *out = *in;
        return hit(_mm_cvtsi32_si128(static_cast<unsigned char>(*in))) ? nullptr : out + 1;
    }

  private:
    __m128i marks(__m128i v) const {
        const __m128i quote = _mm_cmpeq_epi8(v, quote_), end = _mm_cmpeq_epi8(v, line_end_);
        return _mm_or_si128(_mm_or_si128(quote, end), _mm_cmpeq_epi8(v, delimiter_));
    }
    static bool any(__m128i found) { return _mm_movemask_epi8(found) != 0; }
    bool hit(__m128i v) const { return any(marks(v)); }
    // Copies 16 bytes and finds the marks in them.
    __m128i move(char* out, const char* in) const {
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), v);
        return marks(v);
    }
    char* copy_long(char* out, const char* in, size_t size) const {
        char* const end = out + size;
        const char* const in_end = in + size;
        for (; in_end - in >= 64; in += 64, out += 64) {
            const __m128i low = _mm_or_si128(move(out, in), move(out + 16, in + 16));
            const __m128i high = _mm_or_si128(move(out + 32, in + 32), move(out + 48, in + 48));
            if (any(_mm_or_si128(low, high))) [[unlikely]]
                return nullptr;
        }
        __m128i found = _mm_setzero_si128();
        for (; in_end - in >= 16; in += 16, out += 16) found = _mm_or_si128(found, move(out, in));
        // The rest overlaps what is copied already.
        if (in != in_end) found = _mm_or_si128(found, move(end - 16, in_end - 16));
        return any(found) ? nullptr : end;
    }
    // 1 to 2 times the size of Word, by two overlapping words.
    template <typename Word>
    char* copy_two(char* out, const char* in, size_t size) const {
        Word head, tail;
        std::memcpy(&head, in, sizeof head);
        std::memcpy(&tail, in + size - sizeof tail, sizeof tail);
        std::memcpy(out, &head, sizeof head);
        std::memcpy(out + size - sizeof tail, &tail, sizeof tail);
        const __m128i both = _mm_set_epi64x(static_cast<int64_t>(head), static_cast<int64_t>(tail));
        return hit(both) ? nullptr : out + size;
    }

    __m128i quote_, delimiter_, line_end_;
};
#else
class Scanner {
  public:
    explicit Scanner(Marks marks) : marks_(marks) {}
    char* copy(char* out, const char* in, size_t size) const {
        for (size_t i = 0; i < size; ++i) {
            if (marks_.has(in[i])) return nullptr;
            out[i] = in[i];
        }
        return out + size;
    }

  private:
    Marks marks_;
};
#endif

char* copy_quoted(char* out, std::string_view text) {
    *out++ = kQuote;
    const char* in = text.data();
    const char* end = in + text.size();
    while (in < end) {
        const size_t left = static_cast<size_t>(end - in);
        const void* quote = std::memchr(in, kQuote, left);
        const size_t size =
            quote ? static_cast<size_t>(static_cast<const char*>(quote) - in) + 1 : left;
        std::memcpy(out, in, size);
        out += size;
        in += size;
        if (quote) *out++ = kQuote;
    }
    *out++ = kQuote;
    return out;
}

std::string_view java_trim(std::string_view text) {
    const auto blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

// Writes the fields of one row; made anew for each, so that its constants stay in registers.
class RowWriter {
  public:
    struct Dates {
        const DatePattern& instants;
        const DatePattern& days;
    };
    RowWriter(const CsvFormat& format, Dates dates, bool plain_numbers)
        : format_(format),
          dates_(dates),
          plain_numbers_(plain_numbers),
          scanner_({format.delimiter, format.line_end.front()}) {}

    // Null when the value is no text.
    char* write(char* out, const Value& value, bool first) const {
        if (value.type == ValueType::kString) [[likely]]
            return write_text(out, value.bytes, first);
        return write_other(out, value, first);
    }

  private:
    char* write_text(char* out, std::string_view text, bool first) const {
        if (format_.trim) text = java_trim(text);
        if (!format_.quoting) [[unlikely]] {
            if (!text.empty()) std::memcpy(out, text.data(), text.size());
            return out + text.size();
        }
        if (!first || !(text.empty() || text.front() == '#')) {
            if (char* end = scanner_.copy(out, text.data(), text.size())) return end;
        }
        return copy_quoted(out, text);
    }

    // `write` appends a number at a place; numbers hold no mark unless the delimiter is odd.
    template <typename Write>
    char* write_number(char* out, bool first, Write write) const {
        if (plain_numbers_) [[likely]]
            return write(out);
        char text[kDoubleTextMax];
        const char* end = write(text);
        return write_text(out, {text, static_cast<size_t>(end - text)}, first);
    }

    char* write_date(char* out, const Value& value, bool first) const {
        char text[DatePattern::kTextMax];
        const char* end = value.type == ValueType::kDate
                              ? dates_.days.write_day(text, value.integer)
                              : dates_.instants.write(text, value.integer);
        return write_text(out, {text, static_cast<size_t>(end - text)}, first);
    }

    char* write_other(char* out, const Value& value, bool first) const {
        switch (value.type) {
            case ValueType::kInteger:
                return write_number(out, first,
                                    [&](char* at) { return write_integer(at, value.integer); });
            case ValueType::kDouble:
                return write_number(out, first,
                                    [&](char* at) { return write_double(at, value.real); });
            case ValueType::kBoolean:
                return write_text(out, value.boolean ? "true" : "false", first);
            case ValueType::kBinary:
                if (format_.base64) return write_text(out, base64(value.bytes), first);
                return is_utf8(value.bytes) ? write_text(out, value.bytes, first) : nullptr;
            case ValueType::kDatetime:
            case ValueType::kDate: return write_date(out, value, first);
            default: return write_text(out, format_.null_text, first);
        }
    }

    const CsvFormat& format_;
    const Dates dates_;
    const bool plain_numbers_;
    const Scanner scanner_;
};

DatePattern pattern_of(const CsvFormat& format, const char* usual) {
    Result<DatePattern> pattern = DatePattern::create(
        format.date_format.empty() ? usual : format.date_format, format.time_zone);
    MILLRACE_CHECK(pattern.ok());
    return *std::move(pattern);
}

}  // namespace

CsvEncoder::CsvEncoder(CsvFormat format)
    : format_(std::move(format)),
      instants_(pattern_of(format_, "yyyy-MM-dd HH:mm:ss")),
      days_(pattern_of(format_, "yyyy-MM-dd")) {
    MILLRACE_CHECK(!format_.line_end.empty() && format_.delimiter != kQuote);
    MILLRACE_CHECK(!format_.quoting || format_.line_end.size() == 1);
    constexpr std::string_view kOfNumbers = "-.0123456789NaInfity";
    plain_numbers_ = kOfNumbers.find(format_.delimiter) == std::string_view::npos &&
                     kOfNumbers.find(format_.line_end.front()) == std::string_view::npos;
}

inline size_t CsvEncoder::room_for(const Value& value) const {
    // All quotes, or base64; the two quotes around; the delimiter.
    if (value.missing()) return 2 * format_.null_text.size() + 7;
    const bool text = value.type == ValueType::kString || value.type == ValueType::kBinary;
    if (text) return 2 * value.bytes.size() + 7;
    const bool date = value.type == ValueType::kDatetime || value.type == ValueType::kDate;
    return date ? 2 * DatePattern::kTextMax + 7 : kDoubleTextMax + 7;
}

CsvEncoder::Outcome CsvEncoder::append_row(std::span<const Value> row, Buffer& out) const {
    size_t room = format_.line_end.size();
    for (const Value& value : row) room += room_for(value);
    char* const begin = out.room(room);
    char* at = begin;
    const RowWriter writer(format_, {instants_, days_}, plain_numbers_);
    const char delimiter = format_.delimiter;
    char* field = at;
    for (size_t i = 0; i < row.size(); ++i) {
        field = at;
        at = writer.write(at, row[i], i == 0);
        if (at == nullptr) return {static_cast<int>(i), kNotText};
        *at++ = delimiter;
    }
    if (!row.empty()) --at;  // the last delimiter
    // What is read back would take a bare \r here for a part of the line end. DataX trims it.
    if (at != field && at[-1] == '\r' && format_.quoting) [[unlikely]] {
        at = copy_quoted(field, std::string(field, at));
    }
    for (char c : format_.line_end) *at++ = c;
    out.commit(static_cast<size_t>(at - begin));
    return {};
}

void CsvEncoder::append_header(std::span<const std::string> names, Buffer& out) const {
    std::vector<Value> row;
    for (const std::string& name : names) row.push_back(Value::of_string(name));
    append_row(row, out);
}

}  // namespace millrace
