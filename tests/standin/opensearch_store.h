// Applications of Alibaba OpenSearch: tables of documents, what a push does to them, and when a
// search sees it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

namespace millrace::standin {

// Numbers of the service and its text.
struct OpenSearchError {
    int code = 0;
    std::string message;
};

// Immutable once stored. A deleted one stays as a tombstone: its timestamp beats older operations.
struct OpenSearchDocument {
    nlohmann::ordered_json fields;
    int64_t timestamp_ms = 0;
    bool deleted = false;
};

struct OpenSearchLimits {
    size_t documents = 1000;
    size_t push_bytes = 2 << 20;
    size_t document_bytes = 1 << 20;
};

// One data table. Not thread-safe.
class OpenSearchTable {
  public:
    using Documents = std::map<std::string, std::shared_ptr<const OpenSearchDocument>>;

    explicit OpenSearchTable(std::string key_field) : key_field_(std::move(key_field)) {}
    const std::string& key_field() const { return key_field_; }

    // Checks all operations, then applies them in order: all or nothing. `timestamps` says whether
    // the edition has them. Searches see the effect from `visible_ms` on. Code 0 = done.
    OpenSearchError push(const std::string& body, bool timestamps, const OpenSearchLimits& limits,
                         int64_t now_ms, int64_t visible_ms);
    // What a search sees, tombstones included.
    const Documents& visible(int64_t now_ms);
    const Documents& accepted() const { return accepted_; }

  private:
    struct Operation {
        std::string command, key;
        int64_t timestamp_ms = 0;
        nlohmann::ordered_json fields;
    };
    struct Pending {
        int64_t due_ms = 0;
        std::string key;
        std::shared_ptr<const OpenSearchDocument> document;
    };
    OpenSearchError read(const nlohmann::ordered_json& element, bool timestamps,
                         const OpenSearchLimits& limits, int64_t now_ms,
                         Operation& operation) const;
    void apply(Operation& operation, int64_t visible_ms);

    std::string key_field_;
    Documents accepted_, visible_;
    std::deque<Pending> pending_;  // in the order of arrival
};

struct OpenSearchApp {
    std::string name;
    std::string edition = "advanced";  // or "standard": no timestamps, no update
    OpenSearchLimits limits = {};
    int64_t delay_ms = 0;  // until a push is seen
    std::map<std::string, OpenSearchTable> tables = {};
};

// A value as searches give it: everything is text, arrays are separated by tabs.
std::string opensearch_text(const nlohmann::ordered_json& value);

}  // namespace millrace::standin
