#include "cli/stored_job.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/config/sources.h"
#include "common/net/url.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

// The parameter that holds an address, by kind of plugin.
constexpr const char* kAddresses[] = {"endpoint", "odpsServer", "host"};

std::string origin_of(const json& parameters) {
    for (const char* name : kAddresses) {
        const auto endpoint = parse_endpoint(parameters.value(name, ""));
        if (endpoint.ok()) return endpoint->origin() + endpoint->path;
    }
    return "";
}

// Everything that the entry says of the address is what the job says.
bool same_address(const json& entry, const Plugin& plugin, const json& parameters) {
    if (origin_of(entry).empty() || origin_of(entry) != origin_of(parameters)) return false;
    for (const auto& [name, value] : entry.items()) {
        const Parameter* known = find_parameter(plugin.owner, name);
        if (known == nullptr || known->role != Role::kAddress) continue;
        if (std::find(std::begin(kAddresses), std::end(kAddresses), name) != std::end(kAddresses)) {
            continue;  // compared above
        }
        if (parameters.contains(name) && parameters[name] != value) return false;
    }
    return true;
}

// Puts the name of the entry with this side's address in place of what the entry says.
void name_datasource(json& side, Side which, DataSources& sources) {
    const Plugin* plugin = find_plugin(which, side.at("plugin").get<std::string>());
    if (plugin == nullptr) return;
    json& parameters = side.at("parameter");
    Findings ignored("");  // entries of other systems
    for (const std::string& name : sources.names()) {
        const auto entry = sources.find(name, *plugin, {}, ignored);
        if (!entry || !same_address(entry->plain, *plugin, parameters)) continue;
        for (const auto& [key, value] : entry->plain.items()) parameters.erase(key);
        parameters["datasource"] = name;
        return;
    }
}

}  // namespace

Result<JobSpec> stored_job(const std::string& stored, const Options& options, Surroundings& world) {
    json text = json::parse(stored, nullptr, false);
    if (text.is_discarded()) return Status(Code::kCorrupt, "the ledger holds a malformed job");
    JobRequest request;
    MILLRACE_ASSIGN(request.sources, find_data_sources(options, world));
    DataSources sources(request.sources, world.environment);
    json& sides = text.at("configuration");
    name_datasource(sides.at("reader"), Side::kReader, sources);
    name_datasource(sides.at("writer"), Side::kWriter, sources);
    request.file = "(the job in the ledger)";
    request.text = text.dump();
    request.environment = world.environment;
    request.schedule = std::chrono::floor<std::chrono::milliseconds>(world.clock.now());
    const ParsedJob parsed = parse_job(request);
    if (!parsed.job) {
        return config_error(parsed.status().text() +
                            "\nits keys are not in the data sources file: name it with --sources, "
                            "or give the script with --job");
    }
    return *parsed.job;
}

}  // namespace millrace::cli
