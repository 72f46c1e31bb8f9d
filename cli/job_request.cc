#include "cli/commands.h"

namespace millrace::cli {

Result<std::optional<SourcesText>> find_data_sources(const Options& options, Surroundings& world) {
    SourcesPlaces places;
    places.given = options.sources;
    places.config_home = world.environment("XDG_CONFIG_HOME").value_or("");
    places.home = world.environment("HOME").value_or("");
    return find_sources(world.files, places);
}

Result<JobRequest> make_job_request(const Options& options, Surroundings& world) {
    JobRequest request;
    request.file = options.job.starts_with("file://") ? options.job.substr(7) : options.job;
    if (request.file.find("://") != std::string::npos) {
        return config_error("the job must be a file; fetch it first: " + request.file);
    }
    Result<std::string> text = world.files.read(request.file);
    if (!text.ok()) return config_error("the job: " + text.status().text());
    request.text = *std::move(text);
    MILLRACE_ASSIGN(request.sources, find_data_sources(options, world));
    request.environment = world.environment;
    request.variables = options.variables;
    request.schedule = std::chrono::floor<std::chrono::milliseconds>(world.clock.now());
    request.name = options.name;
    request.next = options.next;
    request.dirty_records_max = options.error_limit;
    return request;
}

}  // namespace millrace::cli
