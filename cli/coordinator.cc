// `millrace coordinator`: leads a cluster, or stands by, until it is told to end.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/process.h"
#include "cli/signals.h"
#include "common/net/curl_client.h"
#include "coordinator/service/process.h"

namespace millrace::cli {
namespace {

Result<OwnSources> own_sources(const ProcessConfig& config, Surroundings& world) {
    OwnSources sources;
    if (config.coordinator.sources.empty()) return sources;
    SourcesPlaces places;
    places.given = config.coordinator.sources;
    MILLRACE_ASSIGN(sources.text, find_sources(world.files, places));
    sources.environment = world.environment;
    return sources;
}

Status coordinate(const Options& options, Surroundings& world, std::stop_token stop) {
    MILLRACE_ASSIGN(const ProcessConfig config, read_process_config(options, world));
    MILLRACE_ASSIGN(OwnSources sources, own_sources(config, world));
    SystemRandom random;
    CurlClient http(world.clock);
    MILLRACE_ASSIGN(const auto process,
                    CoordinatorProcess::create(config, {.files = world.files,
                                                        .clock = world.clock,
                                                        .random = random,
                                                        .http = http,
                                                        .sources = std::move(sources),
                                                        .host = host_name(),
                                                        .version = MILLRACE_VERSION}));
    world.out << nlohmann::json{{"coordinator", process->id()}, {"http", process->url()}}.dump()
              << std::endl;
    return process->run(std::move(stop));
}

}  // namespace

int run_coordinator(const Options& options, Surroundings& world) {
    Signals signals;
    show_life_cycle(world);
    const Status status = coordinate(options, world, signals.stop());
    if (status.ok()) return kExitDone;
    world.err << "millrace coordinator: " << status.text() << "\n";
    return exit_code_of(status);
}

}  // namespace millrace::cli
