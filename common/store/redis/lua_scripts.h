// The scripts of this folder, as the build put them into the program.
#pragma once

#include <map>
#include <string_view>

namespace millrace::redis {

// By name of the file without ".lua"; shared.lua and rules.lua, which stand before each, among
// them.
const std::map<std::string_view, std::string_view>& lua_scripts();

}  // namespace millrace::redis
