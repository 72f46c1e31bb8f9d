// Documents of an Elasticsearch index against a receipt.
#pragma once

#include "worker/verify/verify.h"

namespace millrace {

// Of a stream: every document that the window changed. Of a transfer: all documents that have its
// version, by count and sum, and one by one where these differ.
Result<Verification> verify_elasticsearch_documents(const VerifyRequest& request);

}  // namespace millrace
