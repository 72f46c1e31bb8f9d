#include "common/config/text_cursor.h"

#include <algorithm>
#include <array>

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
            skip_line();
        } else if (looking_at("/*")) {
            const Place begin = place();
            const size_t end = text_.find("*/", at_ + 2);
            if (end == std::string_view::npos) {
                findings.error(begin, "open-comment",
                               "this comment has no end: put */ where it ends");
                skip_all();
            } else {
                advance(end + 2 - at_);
            }
        } else {
            return;
        }
    }
}

}  // namespace millrace
