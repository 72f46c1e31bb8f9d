// What an error of librdkafka means to us.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string>

#include "common/base/status.h"

namespace millrace::kafka {

// The one table. `what` was tried: "the topic millrace.work cannot be created".
Status status_of(rd_kafka_resp_err_t code, const std::string& what);
// Frees `error`; none is success.
Status take_status(rd_kafka_error_t* error, const std::string& what);

}  // namespace millrace::kafka
