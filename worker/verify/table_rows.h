// Rows of a Tablestore table against a receipt.
#pragma once

#include "worker/verify/verify.h"

namespace millrace {

// Every row that the run wrote or deleted. Rows of multi-version mode cannot be proven.
Result<Verification> verify_table_rows(const VerifyRequest& request);

}  // namespace millrace
