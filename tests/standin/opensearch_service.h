// Alibaba OpenSearch, application search: push, search and application information of API v3, push
// and search of v2.
#pragma once

#include <memory>
#include <string>

#include "tests/standin/opensearch_store.h"
#include "tests/standin/server_clock.h"
#include "tests/standin/service.h"

namespace millrace::standin {

// "main:id,other:pk": tables with their key fields.
std::map<std::string, OpenSearchTable> parse_opensearch_tables(const std::string& text);

// Admin call POST /opensearch: delay_ms (from push to search), edition, clear (true: no documents).
// GET /opensearch/documents: what was pushed, by key.
std::unique_ptr<Service> make_opensearch_service(Account account, OpenSearchApp app,
                                                 const ServerClock& clock);

}  // namespace millrace::standin
