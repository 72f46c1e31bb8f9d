// Reads the JSON of job scripts as people write it: comments, trailing commas, stray quotes. Keeps
// the place of every key and value.
#pragma once

#include <string_view>

#include "common/config/node.h"

namespace millrace {

// Tolerated silently: comments, trailing commas. Repaired with a note: blanks around keys, curly
// quotes, a doubled closing quote, text after a comma. Everything else that is no JSON is an error
// with its place and a proposed repair; reading goes on after it where that makes sense, so that
// one pass finds much. Texts of findings hold keys, never values. Nesting deeper than 64 is an
// error. The tree is worth using only when `findings` has not failed.
// `comments`, when given, receives the comments in their order.
Node read_text(std::string_view text, Findings& findings, std::vector<Comment>* comments = nullptr);

}  // namespace millrace
