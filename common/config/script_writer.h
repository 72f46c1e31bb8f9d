// Writes scripts again: tidy JSON with the comments kept.
#pragma once

#include <string>
#include <vector>

#include "common/config/node.h"

namespace millrace {

struct ScriptStyle {
    bool mask_secrets = true;  // *** in place of values whose key is_secret_name()
};

// Two blanks per level, maps and lists of scalars that fit 80 characters on one line, comments with
// # where they stood. Reading the result gives the same tree (but for masked values).
std::string write_script(const Node& root, const std::vector<Comment>& comments,
                         const ScriptStyle& style);

}  // namespace millrace
