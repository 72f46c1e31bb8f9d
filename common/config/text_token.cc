#include "common/config/text_token.h"

#include <array>
#include <charconv>
#include <optional>

#include "common/config/ascii.h"

namespace millrace {
namespace {

constexpr std::string_view kLeftQuote = "\xE2\x80\x9C";
constexpr std::string_view kRightQuote = "\xE2\x80\x9D";
constexpr std::string_view kWideComma = "\xEF\xBC\x8C";  // ends a word as a plain one does

bool at_curly_quote(const TextCursor& cursor) {
    return cursor.looking_at(kLeftQuote) || cursor.looking_at(kRightQuote);
}

void append_utf8(std::string& text, uint32_t code) {
    const auto put = [&](uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

// Four hex digits at the cursor.
std::optional<uint32_t> read_hex(TextCursor& cursor) {
    const std::string_view digits = cursor.rest_of_line().substr(0, 4);
    uint32_t code = 0;
    const char* end = digits.data() + digits.size();
    if (digits.size() < 4 || std::from_chars(digits.data(), end, code, 16).ptr != end) return {};
    cursor.advance(4);
    return code;
}

// After "\u".
bool read_unicode_escape(TextCursor& cursor, std::string& text) {
    std::optional<uint32_t> code = read_hex(cursor);
    if (!code) return false;
    if (*code >= 0xD800 && *code < 0xDC00) {  // the first half of a pair
        if (!cursor.looking_at("\\u")) return false;
        cursor.advance(2);
        const std::optional<uint32_t> low = read_hex(cursor);
        if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
        code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    } else if (*code >= 0xDC00 && *code <= 0xDFFF) {
        return false;
    }
    append_utf8(text, *code);
    return true;
}

// At the backslash.
void read_escape(TextCursor& cursor, std::string& text, Findings& findings) {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const Place place = cursor.place();
    cursor.advance();
    const char c = cursor.peek();
    const size_t index = cursor.at_end() ? std::string_view::npos : kNames.find(c);
    if (index != std::string_view::npos) {
        text += kValues[index];
        cursor.advance();
        return;
    }
    if (c == 'u') {
        cursor.advance();
        if (read_unicode_escape(cursor, text)) return;
        findings.error(place, "bad-escape",
                       "\\u must be followed by four hex digits of a character");
        return;
    }
    findings.error(
        place, "bad-escape",
        "a backslash in a text must be doubled, or begin one of \\\" \\\\ \\/ \\b \\f \\n "
        "\\r \\t \\uXXXX");
}

// Length of the UTF-8 character that begins `text`; 0 = it is none.
size_t utf8_length(std::string_view text) {
    const auto byte = [&](size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
    const bool beyond = (first == 0xED && byte(1) > 0x9F) || (first == 0xF4 && byte(1) > 0x8F);
    return overlong || beyond ? 0 : length;
}

bool is_number(std::string_view text) {
    size_t at = text.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const size_t begin = at;
        while (at < text.size() && ascii::is_digit(text[at])) ++at;
        return at - begin;
    };
    const size_t whole = digits();
    if (whole == 0 || (whole > 1 && text[at - whole] == '0')) return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

// `${name}`, `$[expression]` or `$name` without quotes.
void skip_variable(TextCursor& cursor) {
    cursor.advance();
    const char closer = cursor.peek() == '{' ? '}' : cursor.peek() == '[' ? ']' : '\0';
    if (closer != '\0') {
        const size_t end = cursor.rest_of_line().find(closer);
        if (end != std::string_view::npos) {
            cursor.advance(end + 1);
        } else {
            cursor.skip_line();
        }
        return;
    }
    while (is_word_byte(cursor.peek())) cursor.advance();
}

Node::Kind kind_of_word(std::string_view word) {
    if (word == "true" || word == "false") return Node::Kind::kBoolean;
    if (word == "null") return Node::Kind::kNull;
    return is_number(word) ? Node::Kind::kNumber : Node::Kind::kText;
}

std::string repair_of_word(std::string_view word) {
    for (const std::string_view known : {"true", "false", "null"}) {
        if (ascii::same_without_case(word, known)) {
            return "write " + std::string(known) + " in small letters";
        }
    }
    const char first = word.front();
    if (ascii::is_digit(first) || first == '-' || first == '+' || first == '.') {
        return "this is no number as JSON writes it: no sign +, no leading 0, digits on both sides "
               "of a point; or put it in double quotes";
    }
    return "put this value in double quotes";
}

}  // namespace

bool is_word_byte(char c) {
    return ascii::is_digit(c) || ascii::is_letter(c) || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool at_quote(const TextCursor& cursor) {
    return cursor.peek() == '"' || at_curly_quote(cursor);
}

bool at_wide_comma(const TextCursor& cursor) {
    return cursor.looking_at(kWideComma);
}

std::string read_string(TextCursor& cursor, Findings& findings) {
    const Place begin = cursor.place();
    const bool curly = at_curly_quote(cursor);
    if (curly) {
        findings.note(begin, "curly-quote", "curly quotes are read as plain double quotes");
    }
    cursor.advance(curly ? kLeftQuote.size() : 1);
    std::string text;
    for (;;) {
        const char c = cursor.peek();
        if (cursor.at_end() || c == '\n' || (c == '\r' && cursor.peek(1) == '\n')) {
            findings.error(begin, "open-text",
                           "the text that begins here has no closing quote on its line");
            return text;
        }
        if (curly ? cursor.looking_at(kRightQuote) : c == '"') {
            cursor.advance(curly ? kRightQuote.size() : 1);
            return text;
        }
        if (c == '\\') {
            read_escape(cursor, text, findings);
            continue;
        }
        const size_t length = utf8_length(cursor.rest_of_line());
        if (length == 0) {
            findings.error(cursor.place(), "not-utf8",
                           "this byte is no UTF-8: save the file with the encoding UTF-8");
            cursor.skip_line();
            return text;
        }
        text += cursor.rest_of_line().substr(0, length);
        cursor.advance(length);
    }
}

Node read_scalar(TextCursor& cursor, Findings& findings) {
    Node node;
    node.place = cursor.place();
    if (at_quote(cursor)) {
        node.kind = Node::Kind::kText;
        node.text = read_string(cursor, findings);
        return node;
    }
    const size_t begin = cursor.offset();
    if (cursor.peek() == '$') {
        while (cursor.peek() == '$') skip_variable(cursor);
        node.kind = Node::Kind::kText;
        node.bare = true;
        node.text = cursor.since(begin);
        return node;
    }
    if (cursor.peek() == '\'') {
        findings.error(node.place, "single-quote", "use double quotes in place of single ones");
        cursor.skip_line();
        return node;
    }
    while ((is_word_byte(cursor.peek()) && !at_wide_comma(cursor)) || cursor.peek() == '-' ||
           cursor.peek() == '+' || cursor.peek() == '.') {
        cursor.advance();
    }
    node.text = cursor.since(begin);
    if (node.text.empty()) {
        findings.error(node.place, "no-value", "a value is missing here");
        return node;
    }
    node.kind = kind_of_word(node.text);
    if (node.kind == Node::Kind::kText) {
        findings.error(node.place, "unquoted-value", repair_of_word(node.text));
    }
    return node;
}

}  // namespace millrace
