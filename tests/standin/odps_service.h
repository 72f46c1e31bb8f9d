// The MaxCompute service of the stand-in: REST below /api, the tunnel at the root of the same port;
// tables and sessions in memory. Blocks and downloads are record streams, raw or deflate; previews
// are Arrow streams, where Apache Arrow is built in.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tests/standin/hostility.h"
#include "tests/standin/server_clock.h"
#include "tests/standin/service.h"

namespace millrace::standin {

// `project` is the only one. `hostility` is asked for at every request, by any thread.
// Admin call POST /odps/sql {query} runs statements, for demos.
// Admin call POST /odps/sessions {uploads: expired, canceled, critical or gone; downloads: expired
// or gone} ends all sessions that are open.
std::unique_ptr<Service> make_odps_service(Account account, std::string project,
                                           const ServerClock& clock,
                                           std::function<Hostility()> hostility, uint64_t seed);

}  // namespace millrace::standin
