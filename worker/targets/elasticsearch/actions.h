// Lines of a bulk request.
#pragma once

#include <string_view>

#include "common/base/buffer.h"

namespace millrace::elasticsearch {

// What stands before and after the id (with its quotes) in an action line.
constexpr std::string_view kIndexHead = "{\"index\":{\"_id\":";
constexpr std::string_view kDeleteHead = "{\"delete\":{\"_id\":";
void append_action_tail(Buffer& out, uint64_t version);

void append_index_action(Buffer& out, std::string_view json_id, uint64_t version);
void append_delete_action(Buffer& out, std::string_view json_id, uint64_t version);

}  // namespace millrace::elasticsearch
