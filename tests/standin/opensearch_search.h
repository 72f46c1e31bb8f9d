// Search: one query over the documents of all tables.
#pragma once

#include "tests/standin/opensearch_auth.h"
#include "tests/standin/opensearch_store.h"

namespace millrace::standin {

// `pairs` are the parameters: query, format, fetch_fields, and search_type=scan with scroll and
// scroll_id. The result of the answer; throws OpenSearchError.
nlohmann::ordered_json search(OpenSearchApp& app, const OpenSearchPairs& pairs, int64_t now_ms);

}  // namespace millrace::standin
