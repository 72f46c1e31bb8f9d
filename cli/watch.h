// Looks at runs again and again: redrawn in place on a terminal, lines elsewhere.
#pragma once

#include <functional>
#include <string>

#include "cli/client.h"
#include "cli/commands.h"

namespace millrace::cli {

// What to show now, and whether that was the last of it.
struct View {
    std::string screen;  // on a terminal: it takes the place of the one before
    std::string lines;   // elsewhere: printed when they differ from the ones before
    bool last = false;
};

// Until `look` says that it is over. A coordinator that cannot be reached (another one may be
// taking over) is waited for for a minute.
Status watch(Surroundings& world, const std::function<Result<View>()>& look);

// Until the run is over; its last state.
Result<nlohmann::json> watch_run(Client& client, const RunId& run, Surroundings& world);

}  // namespace millrace::cli
