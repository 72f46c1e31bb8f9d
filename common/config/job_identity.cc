#include "common/config/job_identity.h"

#include <xxhash.h>

#include <cstdio>

#include "common/base/hash128.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

std::string hex16(std::string_view text) {
    char digits[24];
    std::snprintf(digits, sizeof digits, "%016llx",
                  static_cast<unsigned long long>(XXH3_64bits(text.data(), text.size())));
    return digits;
}

// The parameters of some roles, in the order of the table.
Json of_roles(const Plugin& plugin, const Json& parameters, std::initializer_list<Role> roles) {
    Json chosen = Json::array();
    for (const Parameter& parameter : parameters_of(plugin.owner)) {
        const std::string name(parameter.name);
        for (const Role role : roles) {
            if (parameter.role != role || !parameters.contains(name)) continue;
            chosen.push_back({name, parameters[name]});
        }
    }
    return chosen;
}

std::string for_people(const Plugin& plugin, const Json& addresses) {
    std::string text(plugin.name);
    for (const Json& pair : of_roles(plugin, addresses, {Role::kAddress})) {
        const Json& value = pair[1];
        text += " " + pair[0].get<std::string>() + "=";
        text += value.is_string() ? value.get<std::string>() : value.dump();
    }
    return text;
}

}  // namespace

void identify(JobSpec& job, const Plugin& reader, const Plugin& writer, const Addresses& addresses,
              const std::string& name) {
    job.identity = name.empty() ? for_people(reader, addresses.reader) + " -> " +
                                      for_people(writer, addresses.writer)
                                : "name " + name;
    job.task = TaskId(hex16(job.identity));
    const Json bytes = {
        reader.name, of_roles(reader, job.reader.parameters, {Role::kAddress, Role::kBytes}),
        writer.name, of_roles(writer, job.writer.parameters, {Role::kAddress, Role::kBytes}),
        job.time_zone};
    Sum128 sum;
    sum.add(bytes.dump());
    job.version = sum.hex();
}

std::string text_without_secrets(const JobSpec& job) {
    Json speed = {{"concurrent", job.concurrent}};
    if (job.source_bytes_per_second > 0) speed["byte"] = job.source_bytes_per_second;
    if (job.source_records_per_second > 0) speed["record"] = job.source_records_per_second;
    Json limit = Json::object();
    if (job.dirty_records_max) limit["record"] = *job.dirty_records_max;
    if (job.dirty_share_max) limit["percentage"] = *job.dirty_share_max;
    Json reader = job.reader.parameters;
    if (job.window) {
        reader["startTimestampMillis"] = to_millis(job.window->start);
        reader["endTimestampMillis"] = to_millis(job.window->end);
    }
    const Json text = {
        {"type", "job"},
        {"version", "1.0"},
        {"configuration",
         {{"setting", {{"speed", speed}, {"errorLimit", limit}, {"timeZone", job.time_zone}}},
          {"reader", {{"plugin", job.reader.plugin}, {"parameter", reader}}},
          {"writer", {{"plugin", job.writer.plugin}, {"parameter", job.writer.parameters}}}}}};
    return text.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace millrace
