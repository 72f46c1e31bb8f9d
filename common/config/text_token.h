// The scalar tokens of a script: strings, numbers, words, bare variables.
#pragma once

#include <string>

#include "common/config/node.h"
#include "common/config/text_cursor.h"

namespace millrace {

// Quotes that begin a string: the plain one and the curly ones of word processors.
bool at_quote(const TextCursor& cursor);
bool at_wide_comma(const TextCursor& cursor);  // three bytes
// The cursor stands at a quote. A string ends on its line.
std::string read_string(TextCursor& cursor, Findings& findings);
// A value that is no list and no map; the cursor stands at its first character. Always moves on,
// except at the end of the text or at `,`, `}`, `]`.
Node read_scalar(TextCursor& cursor, Findings& findings);

bool is_word_byte(char c);  // letters, digits, _ and everything beyond ASCII

}  // namespace millrace
