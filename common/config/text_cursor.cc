#include "common/config/text_cursor.h"

#include <algorithm>
#include <array>

#include "common/config/ascii.h"

namespace millrace {
namespace {

// No-break space, ideographic space, zero-width space, byte order mark.
constexpr std::array<std::string_view, 4> kWideBlanks = {"\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8B",
                                                         "\xEF\xBB\xBF"};

}  // namespace

std::string_view TextCursor::rest_of_line() const {
    const std::string_view rest = text_.substr(at_);
    return rest.substr(0, rest.find('\n'));
}

void TextCursor::advance(size_t bytes) {
    for (const size_t end = std::min(text_.size(), at_ + bytes); at_ < end; ++at_) {
        const auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte == '\n') {
            ++line_;
            column_ = 1;
        } else if ((byte & 0xC0) != 0x80) {
            ++column_;  // bytes that go on a UTF-8 character do not count
        }
    }
}

void TextCursor::skip_blanks(bool lines) {
    for (;;) {
        const char c = peek();
        if (!at_end() && (c == ' ' || c == '\t' || c == '\r' || (lines && c == '\n'))) {
            advance();
            continue;
        }
        const auto wide = std::find_if(kWideBlanks.begin(), kWideBlanks.end(),
                                       [&](std::string_view blank) { return looking_at(blank); });
        if (wide == kWideBlanks.end()) return;
        advance(wide->size());
    }
}

void TextCursor::skip_blanks_and_comments(Findings& findings) {
    for (;;) {
        skip_blanks(true);
        if (peek() == '#' || looking_at("//")) {
            skip_comment_line(peek() == '#' ? 1 : 2);
        } else if (looking_at("/*")) {
            const Place begin = place();
            const size_t end = text_.find("*/", at_ + 2);
            if (end == std::string_view::npos) {
                findings.error(begin, "open-comment",
                               "this comment has no end: put */ where it ends");
                skip_all();
            } else {
                const std::string_view inner = text_.substr(at_ + 2, end - at_ - 2);
                keep_comment(begin, inner);
                advance(end + 2 - at_);
            }
        } else {
            return;
        }
    }
}

void TextCursor::skip_comment_line(size_t marks) {
    const Place begin = place();
    keep_comment(begin, rest_of_line().substr(marks));
    skip_line();
}

void TextCursor::keep_comment(Place place, std::string_view text) {
    // Looks back: does anything stand before it on its line?
    const size_t line_begin = at_ == 0 ? 0 : text_.rfind('\n', at_ - 1) + 1;
    const std::string_view before = text_.substr(line_begin, at_ - line_begin);
    const bool own_line = before.find_first_not_of(" \t") == std::string_view::npos;
    comments_.push_back({place, std::string(ascii::trimmed(text)), own_line});
}

}  // namespace millrace
