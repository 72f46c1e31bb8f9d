// The two shapes of a script: DataX and Data Integration.
#pragma once

#include "common/config/node.h"

namespace millrace {

// One side of a job, as it stands. Points into the tree.
struct PluginShape {
    std::string plugin;  // as written
    Place place;         // of that name
    const Node* parameters = nullptr;
};

struct JobShape {
    const Node* setting = nullptr;  // nullptr = none
    PluginShape reader, writer;
    bool complete = false;  // both sides are there, with a name and a map of parameters
};

// DataX: {"job":{"setting","content":[{"reader","writer"}]}}; Data Integration:
// {"type":"job","version":"1.0","configuration":{"setting","reader","writer"}}.
JobShape find_shape(const Node& root, Findings& findings);

// The same places before findings are wanted: the map of setting, or of the reader's parameters,
// and the name of its plugin (empty = none).
const Node* find_setting(const Node& root);
const Node* find_reader_parameters(const Node& root);
std::string find_reader_name(const Node& root);

}  // namespace millrace
