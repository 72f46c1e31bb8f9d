// Who a job is, and what decides the bytes that it writes.
#pragma once

#include <string>

#include "common/config/job_spec.h"
#include "common/config/parameters.h"

namespace millrace {

// Address parameters for the identity: as in a PluginSpec, but with variables that change from
// window to window left as they are written.
struct Addresses {
    nlohmann::json reader, writer;
};

// Sets identity, task and version. A job is identified by `name`, or else by the source's endpoint,
// instance, table and mode and the target's kind and address; tuning parameters and the file's path
// do not count.
void identify(JobSpec& job, const Plugin& reader, const Plugin& writer, const Addresses& addresses,
              const std::string& name);

// The job in Data Integration's shape with all effective parameters, secrets left out.
std::string text_without_secrets(const JobSpec& job);

}  // namespace millrace
