// The data sources file: addresses and keys by name, so that they need not stand in scripts.
//   {"school": {"type": "ots", "endpoint": "https://…", "instance": "school",
//               "accessId": "…", "accessKey": "${env:OTS_KEY}"}}
#pragma once

#include <optional>
#include <string>

#include "common/base/file_system.h"
#include "common/config/parameter_values.h"
#include "common/config/substitution.h"

namespace millrace {

struct SourcesText {
    std::string file;
    std::string text;
};

// Where the file is looked for. Empty = not set.
struct SourcesPlaces {
    std::string given;        // --sources
    std::string config_home;  // $XDG_CONFIG_HOME
    std::string home;         // $HOME
};
// The file given, else the first that is there of ./sources.json and
// $XDG_CONFIG_HOME/millrace/sources.json (~/.config when that is not set); nothing when there is
// none. kConfig when the given one cannot be read.
Result<std::optional<SourcesText>> find_sources(FileSystem& files, const SourcesPlaces& places);

// One user, one thread. Unknown keys are errors, unlike in scripts.
class DataSources {
  public:
    DataSources(const std::optional<SourcesText>& sources, Environment environment);

    bool given() const { return given_; }
    std::vector<std::string> names() const;
    // The entry's parameters by the canonical names of the plugin that asks. `type` is the
    // plugin's. Nothing after an error, which goes to `findings` (of the script, at `place`) or,
    // about the entry itself, to findings().
    std::optional<ParameterValues> find(const std::string& name, const Plugin& plugin, Place place,
                                        Findings& findings);
    const Findings& findings() const { return own_; }

  private:
    bool given_;
    bool unreadable_ = false;
    Environment environment_;
    Findings own_;
    Node root_;
};

}  // namespace millrace
