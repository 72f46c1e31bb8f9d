// A job after parsing: what the rest of Millrace sees of a script.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/secret.h"
#include "common/base/time.h"

namespace millrace {

enum class Severity : uint8_t { kNote, kWarning, kError };

// One finding about a script; printed as `file:line:column: severity: text [code]`.
struct Finding {
    Severity severity = Severity::kNote;
    std::string file;
    int line = 0;    // 1 = first; 0 = about the whole file
    int column = 0;  // 1 = first, in characters
    std::string text;
    std::string code;  // short, stable: "unknown-parameter"
};
std::string to_text(const Finding& finding);

// A reader or writer. `parameters` has exactly the canonical names of the parameter table with
// values of the table's types, defaults filled in, `datasource` resolved into its connection
// parameters; secrets are not in it.
struct PluginSpec {
    std::string plugin;  // "otsstream", "oss", "elasticsearch", …
    nlohmann::json parameters;
    // The secret parameters by canonical name ("accessKey", "password").
    std::vector<std::pair<std::string, Secret>> secrets;

    const Secret& secret(std::string_view name) const;  // an empty one when absent
};

struct JobSpec {
    std::string file;
    PluginSpec reader;
    PluginSpec writer;
    // setting.speed
    double source_bytes_per_second = 0;  // 0 = unlimited
    double source_records_per_second = 0;
    int concurrent = 1;
    // setting.errorLimit
    std::optional<uint64_t> dirty_records_max;  // by count; wins over the share
    std::optional<double> dirty_share_max;      // 0..1
    std::string time_zone;                      // IANA name
    // The window of a stream reader; absent for other readers, and for --next before it is bound.
    std::optional<Window> window;
    TaskId task;
    std::string identity;  // what `task` is the hash of, for people
    std::string version;   // hash of all that decides the bytes written
    std::string text_without_secrets;
    std::vector<Finding> findings;
};

}  // namespace millrace
