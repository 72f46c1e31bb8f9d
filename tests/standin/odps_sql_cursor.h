// Reading SQL word by word.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/standin/odps_value.h"

namespace millrace::standin {

// Why a query fails, as the result of its task says it. Thrown and caught inside the SQL files.
struct SqlError {
    std::string text;
};

struct SqlToken {
    enum class Kind : uint8_t { kWord, kText, kNumber, kSymbol, kEnd };
    Kind kind = Kind::kEnd;
    std::string text;  // unescaped; words as they are written
    size_t at = 0;     // in the query
};

struct SqlLiteral {
    std::optional<std::string> text;  // none = NULL
    size_t at = 0;
};

class SqlCursor {
  public:
    // Throws SqlError for a text or comment without an end.
    explicit SqlCursor(std::string query);

    bool at_end() const { return token().kind == SqlToken::Kind::kEnd; }
    const SqlToken& token() const { return tokens_[next_]; }

    // Take the next token when it is that one (words in any case).
    bool word(std::string_view keyword);
    bool symbol(char c);
    // The same, or it is a parse exception.
    void need_word(std::string_view keyword);
    void need_symbol(char c);
    std::string name();       // lower case
    std::string text();       // 'quoted'
    OdpsType type();          // "decimal(38,18)"
    SqlLiteral literal();     // also CAST(literal AS type) and DATE 'text'
    void end_of_statement();  // ';' or the end

    [[noreturn]] void fail_parse() const;  // at the next token
    [[noreturn]] void fail(size_t at, const std::string& code, const std::string& message) const;

  private:
    void scan();
    size_t scan_quoted(size_t at, std::string& text) const;

    const std::string query_;
    std::vector<SqlToken> tokens_;  // the last is kEnd
    size_t next_ = 0;
};

}  // namespace millrace::standin
