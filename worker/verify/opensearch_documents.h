// Documents of an Alibaba OpenSearch application against a receipt.
#pragma once

#include "worker/verify/verify.h"

namespace millrace {

// Every document that the run wrote or deleted, as searches show it now.
Result<Verification> verify_opensearch_documents(const VerifyRequest& request);

}  // namespace millrace
