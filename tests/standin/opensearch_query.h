// The part of the query language of Alibaba OpenSearch that tests and `verify` need.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/standin/opensearch_store.h"

namespace millrace::standin {

// index:'text'. On the key, and on any field that has the index's name, the whole value is meant.
struct OpenSearchTerm {
    std::string index, text;
};
// field >= 1, field = "text"
struct OpenSearchCondition {
    std::string field, comparison, value;
    bool is_text = false;
};

// query=… && config=… && filter=… && sort=…
struct OpenSearchQuery {
    int64_t start = 0, hit = 10;
    std::string format = "xml";  // the service's own default; clients ask for json or fulljson
    // Any of these, each of which is all of its terms; none = everything.
    std::vector<std::vector<OpenSearchTerm>> any_terms;
    std::vector<std::vector<OpenSearchCondition>> any_conditions;
    std::vector<std::pair<std::string, bool>> sort;  // field, descending

    // Throws OpenSearchError when it is not understood.
    static OpenSearchQuery parse(std::string_view text);
    bool matches(const nlohmann::ordered_json& fields) const;
    // Whether `a` comes before `b`.
    bool before(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b) const;
};

}  // namespace millrace::standin
