// The window of a stream reader, in the three forms in which jobs say it.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "common/config/parameter_values.h"
#include "common/config/substitution.h"

namespace millrace {

// The variables that stand in the start and end keys, before anything is put in.
struct WindowVariables {
    std::string start, end;     // when the key is one variable and nothing else; else empty
    bool millis = false;        // the keys want milliseconds, else yyyyMMddHHmmss
    Place place;                // of the start key's value, else of the reader's parameters
    std::set<std::string> all;  // every variable named in those keys

    // What --next must define for a window.
    std::vector<Variable> bind(const Window& window, const TimeZone& zone) const;
};
WindowVariables find_window_variables(const Node& reader_parameters);

// Exactly one form must stand in the script, complete, with the end after the start; none may stand
// there with "latency": "realtime". Nothing after an error.
std::optional<Window> read_window(const ParameterValues& reader, const TimeZone& zone,
                                  Findings& findings);

}  // namespace millrace
