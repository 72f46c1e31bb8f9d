#include "common/codec/csv_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace millrace {
namespace {

constexpr char kQuoteMark = '"';
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kUnclosed = "a quote is not closed";
constexpr std::string_view kStray = "text stands behind a closing quote";

// Finds the bytes that may end a field, 64 at a time. Never reads outside of [begin, end).
class MarkScanner {
  public:
    MarkScanner(const CsvDialect& dialect, const char* end)
        : end_(end),
          delimiter_(dialect.delimiter),
          quote_(dialect.quoting ? kQuoteMark : dialect.delimiter) {}

    void seek(const char* at) {
        block_ = at;
        mask_ = at < end_ ? marks_at(at) : 0;
    }
    // The next mark, or the end.
    const char* next() {
        while (mask_ == 0) {
            if (end_ - block_ <= 64) return end_;
            block_ += 64;
            mask_ = marks_at(block_);
        }
        const char* mark = block_ + std::countr_zero(mask_);
        mask_ &= mask_ - 1;
        return mark;
    }

  private:
    uint64_t marks_at(const char* at) const {
        const auto left = static_cast<size_t>(end_ - at);
        if (left >= 64) [[likely]]
            return marks_of(at);
        char rest[64] = {};
        std::memcpy(rest, at, left);
        return marks_of(rest) & ((uint64_t{1} << left) - 1);
    }
#if defined(__SSE2__)
    uint64_t marks_of(const char* at) const {
        const __m128i delimiter = _mm_set1_epi8(delimiter_), quote = _mm_set1_epi8(quote_),
                      line_end = _mm_set1_epi8('\n');
        const auto sixteen = [&](size_t i) {
            const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
            const __m128i found =
                _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, delimiter), _mm_cmpeq_epi8(v, quote)),
                             _mm_cmpeq_epi8(v, line_end));
            return static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(found)));
        };
        return sixteen(0) | sixteen(16) << 16 | sixteen(32) << 32 | sixteen(48) << 48;
    }
#else
    uint64_t marks_of(const char* at) const {
        uint64_t found = 0;
        for (size_t i = 0; i < 64; ++i) {
            const bool mark = at[i] == delimiter_ || at[i] == quote_ || at[i] == '\n';
            found |= uint64_t{mark} << i;
        }
        return found;
    }
#endif

    const char* end_;
    const char* block_ = nullptr;
    uint64_t mask_ = 0;
    char delimiter_, quote_;
};

std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<size_t>(end - begin)};
}

const char* find(const char* begin, const char* end, char c) {
    const void* found = std::memchr(begin, c, static_cast<size_t>(end - begin));
    return static_cast<const char*>(found);
}

// Two quotes become one.
void append_single(std::string_view text, Buffer& out) {
    for (size_t quote = 0; (quote = text.find(kQuoteMark)) != std::string_view::npos;) {
        out.append(text.substr(0, quote + 1));
        text.remove_prefix(quote + 2);
    }
    out.append(text);
}

}  // namespace

struct CsvSplitter::Cursor {
    MarkScanner marks;
    const char* begin;  // of the record
    const char* field;  // of the field that is next
    const char* end;    // of the bytes
    bool last;
    bool quoted = false;
    const char* record_end = nullptr;

    Step end_at(const char* at) {
        record_end = at;
        return Step::kEnd;
    }
};

bool CsvSplitter::next(std::string_view bytes, bool last, CsvRecord& record) {
    const char* begin = bytes.data();
    const char* field = begin;
    if (at_start_) {
        const size_t size = std::min(bytes.size(), kByteOrderMark.size());
        if (bytes.substr(0, size) == kByteOrderMark.substr(0, size)) {
            if (size == kByteOrderMark.size()) {
                field += size;
            } else if (!last) {
                return false;
            }
        }
    }
    Cursor cursor{MarkScanner(dialect_, begin + bytes.size()), begin, field, begin + bytes.size(),
                  last};
    record.fields.clear();
    record.doubled_.clear();
    record.problem = {};
    record.problem_field = -1;
    cursor.marks.seek(field);
    Step step = Step::kNext;
    while (step == Step::kNext) step = take_plain(cursor, record);
    if (step == Step::kMore) return false;
    finish(cursor, record);
    at_start_ = false;
    return true;
}

// The field at the cursor; one that begins with a quote is passed on.
CsvSplitter::Step CsvSplitter::take_plain(Cursor& cursor, CsvRecord& record) const {
    for (;;) {
        const char* mark = cursor.marks.next();
        if (mark == cursor.end) {
            if (!cursor.last) return Step::kMore;
            const bool nothing = mark == cursor.field && record.fields.empty();  // but a BOM
            if (!nothing) record.fields.push_back(between(cursor.field, mark));
            return cursor.end_at(mark);
        }
        if (*mark == dialect_.delimiter) [[likely]] {
            record.fields.push_back(between(cursor.field, mark));
            cursor.field = mark + 1;
            continue;
        }
        if (*mark == '\n') {
            const bool returns = mark != cursor.field && mark[-1] == '\r';
            const char* field_end = returns ? mark - 1 : mark;
            const bool blank =
                dialect_.quoting && record.fields.empty() && field_end == cursor.field;
            if (!blank) record.fields.push_back(between(cursor.field, field_end));
            return cursor.end_at(mark + 1);
        }
        if (mark == cursor.field) return take_quoted(cursor, record);
    }
}

CsvSplitter::Step CsvSplitter::take_quoted(Cursor& cursor, CsvRecord& record) const {
    cursor.quoted = true;
    const char* const begin = cursor.field + 1;
    const char* close = begin;
    bool doubled = false;
    for (;;) {
        close = find(close, cursor.end, kQuoteMark);
        if (close == nullptr) return unclosed(cursor, record);
        if (close + 1 == cursor.end || close[1] != kQuoteMark) break;
        doubled = true;
        close += 2;
    }
    const char* after = close + 1;
    // Whether the quote is the first of two, and the line end, can only be seen with what follows.
    const bool returns = after != cursor.end && *after == '\r';
    if ((after == cursor.end || (returns && after + 1 == cursor.end)) && !cursor.last) {
        return Step::kMore;
    }
    if (returns && after + 1 != cursor.end && after[1] == '\n') ++after;
    const bool ends = after == cursor.end;
    if (!ends && *after != dialect_.delimiter && *after != '\n') return stray(cursor, record);
    if (doubled) record.doubled_.push_back(record.fields.size());
    record.fields.push_back(between(begin, close));
    if (ends) return cursor.end_at(after);
    if (*after == '\n') return cursor.end_at(after + 1);
    cursor.field = after + 1;
    cursor.marks.seek(cursor.field);
    return Step::kNext;
}

// Only the first line is given up: the quote may well be the only thing that is wrong.
CsvSplitter::Step CsvSplitter::unclosed(Cursor& cursor, CsvRecord& record) const {
    if (!cursor.last) return Step::kMore;
    record.problem = kUnclosed;
    record.problem_field = static_cast<int>(record.fields.size());
    const char* line_end = find(cursor.begin, cursor.end, '\n');
    return cursor.end_at(line_end ? line_end + 1 : cursor.end);
}

CsvSplitter::Step CsvSplitter::stray(Cursor& cursor, CsvRecord& record) const {
    const char* close = cursor.field + 1;
    while ((close = find(close, cursor.end, kQuoteMark)) + 1 != cursor.end &&
           close[1] == kQuoteMark) {
        close += 2;
    }
    const char* line_end = find(close, cursor.end, '\n');
    if (line_end == nullptr && !cursor.last) return Step::kMore;
    record.problem = kStray;
    record.problem_field = static_cast<int>(record.fields.size());
    return cursor.end_at(line_end ? line_end + 1 : cursor.end);
}

void CsvSplitter::finish(const Cursor& cursor, CsvRecord& record) const {
    record.raw = between(cursor.begin, cursor.record_end);
    record.lines = 1;
    if (cursor.quoted) {
        const auto ends = std::count(record.raw.begin(), record.raw.end(), '\n');
        record.lines = std::max<uint64_t>(1, static_cast<uint64_t>(ends));
    }
    if (!record.problem.empty()) {
        record.fields.clear();  // some may lie behind the line that is given up
        return;
    }
    if (record.doubled_.empty()) return;
    record.copies_.clear();
    record.copies_.reserve(record.raw.size());  // so that no copy moves
    for (const size_t doubled : record.doubled_) {
        std::string_view& field = record.fields[doubled];
        const size_t before = record.copies_.size();
        append_single(field, record.copies_);
        field = record.copies_.view().substr(before);
    }
}

bool CsvSplitter::give_up(std::string_view bytes, CsvRecord& record) {
    const size_t line_end = bytes.find('\n');
    if (line_end == std::string_view::npos) return false;
    record.fields.clear();
    record.raw = bytes.substr(0, line_end + 1);
    record.lines = 1;
    record.problem = kUnclosed;
    record.problem_field = -1;
    at_start_ = false;
    return true;
}

}  // namespace millrace
