// Reads one map of a script against the parameter table.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/base/secret.h"
#include "common/config/node.h"
#include "common/config/parameters.h"

namespace millrace {

// The parameters of one map by canonical name. Points into the tree it was read from.
struct ParameterValues {
    Place place;                                      // of the map
    nlohmann::json plain = nlohmann::json::object();  // all but secrets
    std::vector<std::pair<std::string, Secret>> secrets;
    std::map<std::string, const Node*> nodes;  // what stands in the script, also when it is wrong

    bool stands(const std::string& name) const { return nodes.contains(name); }
    // Where the value stands; else where the map does.
    Place place_of(const std::string& name) const;
    // The text of a parameter; empty when absent or no text.
    std::string text(const std::string& name) const;
    // Given and not blank, secrets too.
    bool has(const std::string& name) const;
};

// Unknown names are warnings, values that do not fit errors; numbers and booleans written as texts
// are repaired with a note. `what` names the map in texts: `reader "otsstream"`.
ParameterValues read_values(Owner owner, const Node& map, const std::string& what,
                            Findings& findings);
// Puts the table's fallbacks where nothing was given.
void fill_fallbacks(Owner owner, ParameterValues& values);
// Errors for required parameters that are absent or blank; `except` are left out.
void check_required(Owner owner, const ParameterValues& values, const std::string& what,
                    const std::vector<std::string>& except, Findings& findings);

// As it is, numbers exactly where they fit 64 bits.
nlohmann::json to_json(const Node& node);

}  // namespace millrace
