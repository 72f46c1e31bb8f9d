#include "cli/process.h"

#include <unistd.h>

#include "common/base/log.h"

namespace millrace::cli {

Result<ProcessConfig> read_process_config(const Options& options, Surroundings& world) {
    const Result<std::string> text = world.files.read(options.config);
    if (!text.ok()) return config_error(text.status().text());
    return parse_process_config(
        options.config, *text, world.environment,
        [&world](const std::string& path) { return world.files.read(path); });
}

void show_life_cycle(const Surroundings& world) {
    if (!world.environment("MILLRACE_LOG")) log::set_level(log::Level::kInfo);
}

std::string host_name() {
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    return name;
}

}  // namespace millrace::cli
