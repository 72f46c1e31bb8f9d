// Where lines of the log go instead of standard error: for tests.
#pragma once

#include <functional>
#include <string_view>

namespace millrace::log {

// `sink` gets every line that the level of the process lets through, with its time and its end of
// line, on the thread that writes it, one at a time. To be called before other threads write.
void set_sink(std::function<void(std::string_view)> sink);

}  // namespace millrace::log
