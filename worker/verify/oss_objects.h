// Objects of OSS against a receipt: each object's CRC-64, rows and sum, and that no other object
// lies between them.
#pragma once

#include "worker/verify/verify.h"

namespace millrace {

Result<Verification> verify_oss_objects(const VerifyRequest& request);

}  // namespace millrace
