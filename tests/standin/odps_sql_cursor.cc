#include "tests/standin/odps_sql_cursor.h"

#include <algorithm>
#include <cctype>

#include "tests/standin/http_server.h"

namespace millrace::standin {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}

bool same(const SqlToken& token, std::string_view keyword) {
    return token.kind == SqlToken::Kind::kWord && same_name(token.text, keyword);
}

}  // namespace

SqlCursor::SqlCursor(std::string query) : query_(std::move(query)) {
    scan();
}

// The text between quotes; returns where it ends.
size_t SqlCursor::scan_quoted(size_t at, std::string& text) const {
    const char quote = query_[at];
    for (++at; at < query_.size(); ++at) {
        if (query_[at] == quote) return at + 1;
        if (query_[at] == '\\' && quote != '`' && at + 1 < query_.size()) {
            const char next = query_[++at];
            text += next == 'n' ? '\n' : next == 't' ? '\t' : next;
        } else {
            text += query_[at];
        }
    }
    fail(at, "ODPS-0130161", "Parse exception - a quoted text has no end");
}

void SqlCursor::scan() {
    using Kind = SqlToken::Kind;
    for (size_t at = 0; at < query_.size();) {
        const char c = query_[at];
        SqlToken token{Kind::kSymbol, {}, at};
        if (std::isspace(static_cast<unsigned char>(c))) {
            ++at;
            continue;
        }
        if (query_.compare(at, 2, "--") == 0) {
            at = std::min(query_.find('\n', at), query_.size());
            continue;
        }
        if (c == '\'' || c == '"' || c == '`') {
            token.kind = c == '`' ? Kind::kWord : Kind::kText;
            at = scan_quoted(at, token.text);
        } else if (std::isdigit(static_cast<unsigned char>(c))) {
            token.kind = Kind::kNumber;
            for (; at < query_.size(); ++at) {
                const char before = token.text.empty() ? ' ' : token.text.back();
                const bool sign =
                    (query_[at] == '-' || query_[at] == '+') && (before == 'e' || before == 'E');
                if (!is_word(query_[at]) && query_[at] != '.' && !sign) break;
                token.text += query_[at];
            }
        } else if (is_word(c)) {
            token.kind = Kind::kWord;
            while (at < query_.size() && is_word(query_[at])) token.text += query_[at++];
        } else {
            token.text = c;
            ++at;
        }
        tokens_.push_back(std::move(token));
    }
    tokens_.push_back({Kind::kEnd, {}, query_.size()});
}

bool SqlCursor::word(std::string_view keyword) {
    if (!same(token(), keyword)) return false;
    ++next_;
    return true;
}

bool SqlCursor::symbol(char c) {
    if (token().kind != SqlToken::Kind::kSymbol || token().text[0] != c) return false;
    ++next_;
    return true;
}

void SqlCursor::need_word(std::string_view keyword) {
    if (!word(keyword)) fail_parse();
}

void SqlCursor::need_symbol(char c) {
    if (!symbol(c)) fail_parse();
}

std::string SqlCursor::name() {
    if (token().kind != SqlToken::Kind::kWord) fail_parse();
    return lower(tokens_[next_++].text);
}

std::string SqlCursor::text() {
    if (token().kind != SqlToken::Kind::kText) fail_parse();
    return tokens_[next_++].text;
}

OdpsType SqlCursor::type() {
    const size_t at = token().at;
    std::string all = name();
    int depth = 0;
    const auto opens = [&] { return token().text == "<" || token().text == "("; };
    while (depth > 0 || opens()) {
        if (at_end()) fail_parse();
        depth += opens() ? 1 : token().text == ">" || token().text == ")" ? -1 : 0;
        all += tokens_[next_++].text;
        if (depth == 0) break;
    }
    const auto type = parse_odps_type(all);
    if (!type) fail(at, "ODPS-0130161", "Parse exception - invalid type " + all);
    return *type;
}

SqlLiteral SqlCursor::literal() {
    SqlLiteral literal{std::nullopt, token().at};
    if (word("null")) return literal;
    if (word("cast")) {
        need_symbol('(');
        literal = this->literal();
        need_word("as");
        type();
        need_symbol(')');
        return literal;
    }
    if (same(token(), "true") || same(token(), "false")) {
        literal.text = name();
        return literal;
    }
    if (!word("datetime") && !word("date")) word("timestamp");
    const bool negative = symbol('-');
    if (token().kind == SqlToken::Kind::kNumber) {
        std::string number = tokens_[next_++].text;
        const std::string small = lower(number);
        const size_t suffix =
            small.ends_with("bd") ? 2 : small.find_last_of("lsy") + 1 == small.size();
        literal.text = (negative ? "-" : "") + number.substr(0, number.size() - suffix);
        return literal;
    }
    if (negative) fail_parse();
    literal.text = text();
    return literal;
}

void SqlCursor::end_of_statement() {
    if (!at_end()) need_symbol(';');
}

void SqlCursor::fail_parse() const {
    const std::string what =
        at_end() ? "unexpected end" : "invalid token '" + lower(token().text) + "'";
    fail(token().at, "ODPS-0130161", "Parse exception - " + what);
}

void SqlCursor::fail(size_t at, const std::string& code, const std::string& message) const {
    const std::string_view before = std::string_view(query_).substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const size_t column = at - (before.rfind('\n') + 1) + 1;
    throw SqlError{code + ":[" + std::to_string(line) + ',' + std::to_string(column) + "] " +
                   message};
}

}  // namespace millrace::standin
