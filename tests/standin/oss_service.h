// The OSS service of the stand-in: buckets, objects and multipart uploads in memory.
#pragma once

#include <memory>
#include <string>

#include "tests/standin/server_clock.h"
#include "tests/standin/service.h"

namespace millrace::standin {

// `bucket` exists from the start.
// Admin call GET /oss/objects: all of them with their bytes, for texts.
std::unique_ptr<Service> make_oss_service(Account account, std::string bucket,
                                          const ServerClock& clock, uint64_t seed);

}  // namespace millrace::standin
