#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"

namespace millrace::cli {

int run_version(const Options& options, Surroundings& world) {
    if (options.json) {
        world.out << nlohmann::json{{"name", "millrace"}, {"version", MILLRACE_VERSION}}.dump()
                  << "\n";
    } else {
        world.out << "millrace " << MILLRACE_VERSION << "\n";
    }
    return kExitDone;
}

}  // namespace millrace::cli
