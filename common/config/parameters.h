// The one table of everything that a script, a data sources file or a process configuration may
// say. It drives the parser, the checks, the masking, the templates, the page docs/jobs.md and the
// reference in docs/cluster.md.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

// Whose parameter it is.
enum class Owner : unsigned char {
    kSetting,  // job.setting; names are paths: "speed.mbps"
    kOtsStreamReader,
    kOtsReader,
    kOssReader,
    kOdpsReader,
    kOssWriter,
    kElasticsearchWriter,
    kElasticsearchColumn,  // one column of that writer
    kOpenSearchWriter,
    kOdpsWriter,
    kOtsWriter,
    kOtsSource,  // an entry of the data sources file
    kOssSource,
    kElasticsearchSource,
    kOpenSearchSource,
    kOdpsSource,
    kProcess,  // the configuration file of a process; names are paths: "lease.ttlSeconds"
};

enum class ParameterType : unsigned char {
    kText,
    kInteger,
    kNumber,
    kBoolean,
    kTexts,     // list of texts
    kPatterns,  // one text or a list of texts; a list when read
    kColumns,   // list of {"name": …}
    kMap,       // any map, passed on as it is
    kAny,       // passed on as it is
};

enum class Effect : unsigned char {
    kUsed,
    kIgnored,  // makes no difference here: a note says so
    kRefused,  // not built yet: an error, unless the value is the fallback
    kNever,    // cannot be: as kRefused, with the sentence as the reason
};

// What a parameter has a say in.
enum class Role : unsigned char {
    kTuning,      // speed and patience only
    kConnection,  // how to reach and log in; a data source may give it
    kAddress,     // which data: part of the job's identity
    kBytes,       // what is written, or where it is cut: part of the job's version
    kWindow,
};

// One row of the table; made by the functions and refinements below, so that a row reads as a
// sentence: text("region", "Like cn-hangzhou.").in(Role::kConnection).
struct Parameter {
    ParameterType type = ParameterType::kText;
    std::string_view name;
    std::string_view sentence;
    std::string_view aliases;   // comma list: DataX's other names
    std::string_view fallback;  // JSON; empty = none
    bool required = false;
    bool secret = false;
    Effect effect = Effect::kUsed;
    Role role = Role::kTuning;
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    std::string_view unit;
    std::string_view choices;  // comma list, matched without case; empty = any
    std::string_view later;    // comma list: known choices that are not built yet
    std::string_view sample;   // JSON: what a template shows; empty = only as a comment

    constexpr Parameter with(auto change) const {
        Parameter changed = *this;
        change(changed);
        return changed;
    }
    constexpr Parameter also(std::string_view names) const {
        return with([&](Parameter& p) { p.aliases = names; });
    }
    constexpr Parameter otherwise(std::string_view value) const {
        return with([&](Parameter& p) { p.fallback = value; });
    }
    constexpr Parameter needed() const {
        return with([](Parameter& p) { p.required = true; });
    }
    constexpr Parameter hidden() const {
        return with([](Parameter& p) { p.secret = true; });
    }
    constexpr Parameter ignored() const {
        return with([](Parameter& p) { p.effect = Effect::kIgnored; });
    }
    constexpr Parameter refused() const {
        return with([](Parameter& p) { p.effect = Effect::kRefused; });
    }
    constexpr Parameter never() const {
        return with([](Parameter& p) { p.effect = Effect::kNever; });
    }
    constexpr Parameter in(Role value) const {
        return with([&](Parameter& p) { p.role = value; });
    }
    constexpr Parameter from(double bound) const {
        return with([&](Parameter& p) { p.least = bound; });
    }
    constexpr Parameter to(double bound) const {
        return with([&](Parameter& p) { p.most = bound; });
    }
    constexpr Parameter as(std::string_view text) const {
        return with([&](Parameter& p) { p.unit = text; });
    }
    constexpr Parameter like(std::string_view value) const {
        return with([&](Parameter& p) { p.sample = value; });
    }
    constexpr Parameter one_of(std::string_view list, std::string_view not_yet = {}) const {
        return with([&](Parameter& p) { p.choices = list, p.later = not_yet; });
    }
};

std::span<const Parameter> parameters_of(Owner owner);
// By name or alias, in this spelling; nullptr = unknown.
const Parameter* find_parameter(Owner owner, std::string_view name);
// All names and aliases.
std::vector<std::string> parameter_names(Owner owner);

enum class Side : unsigned char { kReader, kWriter };

// A plugin that exists somewhere. Those that are not built yet have no parameters here.
struct Plugin {
    Side side;
    std::string_view name;  // of Data Integration: "otsstream"
    std::string_view aliases;
    bool built = false;
    Owner owner = Owner::kSetting;
    std::string_view source_type;  // of its data sources: "ots"
    Owner source = Owner::kSetting;
    std::string_view sentence;
};

std::span<const Plugin> all_plugins();
// By any of its names, without case; nullptr = unknown.
const Plugin* find_plugin(Side side, std::string_view name);
std::vector<std::string> plugin_names(Side side);

// Items of a comma list.
std::vector<std::string> split_names(std::string_view list);

// True for the names of keys whose values must never be shown, also in scripts that say more than
// the table knows: names that end in accessKey, password, secret, token, without case.
bool is_secret_name(std::string_view name);

}  // namespace millrace
