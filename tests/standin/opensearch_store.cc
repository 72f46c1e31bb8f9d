#include "tests/standin/opensearch_store.h"

#include <algorithm>

#include "tests/standin/http_server.h"

namespace millrace::standin {
namespace {

using nlohmann::ordered_json;

// Sequences that the service keeps for itself: a document with one is dropped in silence.
bool has_reserved(std::string_view text) {
    return text.find("\x1E\n") != text.npos || text.find("\x1F\n") != text.npos ||
           text.find_first_of("\x1C\x1D\x03") != text.npos;
}

bool dropped_in_silence(const ordered_json& fields) {
    return std::any_of(fields.begin(), fields.end(), [](const ordered_json& value) {
        return value.is_string() && has_reserved(value.get_ref<const std::string&>());
    });
}

void set_fields(ordered_json& to, const ordered_json& from) {
    for (const auto& [name, value] : from.items()) {
        if (value.is_null()) {
            to.erase(name);
        } else {
            to[name] = value;
        }
    }
}

}  // namespace

std::string opensearch_text(const ordered_json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return value.dump();
    std::string text;
    for (const auto& part : value) {
        if (!text.empty()) text += '\t';
        text += opensearch_text(part);
    }
    return text;
}

OpenSearchError OpenSearchTable::push(const std::string& body, bool timestamps,
                                      const OpenSearchLimits& limits, int64_t now_ms,
                                      int64_t visible_ms) {
    if (body.size() > limits.push_bytes) return {3008, "The push is too long"};
    const auto tree = ordered_json::parse(body, nullptr, false);
    if (!tree.is_array()) return {4007, "The body is not a JSON array"};
    if (tree.empty()) return {3001, "No documents"};
    if (tree.size() > limits.documents) return {3015, "Too many documents in one push"};
    std::vector<Operation> operations(tree.size());
    for (size_t i = 0; i < tree.size(); ++i) {
        const OpenSearchError error = read(tree[i], timestamps, limits, now_ms, operations[i]);
        if (error.code != 0) return error;
    }
    for (Operation& operation : operations) apply(operation, visible_ms);
    return {};
}

OpenSearchError OpenSearchTable::read(const ordered_json& element, bool timestamps,
                                      const OpenSearchLimits& limits, int64_t now_ms,
                                      Operation& operation) const {
    if (!element.is_object() || !element.contains("fields") || !element["fields"].is_object())
        return {3005, "Bad document"};
    if (!element.contains("cmd") || !element["cmd"].is_string()) return {3006, "Bad cmd"};
    operation.command = lower(element["cmd"].get<std::string>());
    const bool partial = operation.command == "update" || operation.command == "upsert";
    if (operation.command != "add" && operation.command != "delete" && !partial)
        return {3006, "Bad cmd"};
    if (partial && !timestamps) return {3006, "This edition knows add and delete only"};
    operation.timestamp_ms = now_ms;
    if (element.contains("timestamp")) {
        if (!timestamps) return {4007, "This edition does not take a timestamp"};
        if (!element["timestamp"].is_number_integer()) return {4007, "Bad timestamp"};
        operation.timestamp_ms = element["timestamp"];
    }
    operation.fields = element["fields"];
    const auto key = operation.fields.find(key_field_);
    if (key == operation.fields.end() || key->is_null() || opensearch_text(*key).empty())
        return {3009, "No primary key"};
    operation.key = opensearch_text(*key);
    for (const auto& value : operation.fields)
        if (value.is_object() || value.is_boolean()) return {3005, "Bad value of a field"};
    if (element.dump().size() > limits.document_bytes) return {3002, "Document too big"};
    return {};
}

void OpenSearchTable::apply(Operation& operation, int64_t visible_ms) {
    auto& stored = accepted_[operation.key];
    const bool there = stored && !stored->deleted;
    // The larger timestamp wins; among equal ones the later arrival.
    const bool stale = stored && operation.timestamp_ms < stored->timestamp_ms;
    const bool nothing = operation.command == "update" && !there;
    if (stale || nothing || dropped_in_silence(operation.fields)) {
        if (!stored) accepted_.erase(operation.key);
        return;
    }
    auto made = std::make_shared<OpenSearchDocument>();
    made->timestamp_ms = operation.timestamp_ms;
    made->deleted = operation.command == "delete";
    if (!made->deleted) {
        made->fields =
            there && operation.command != "add" ? stored->fields : ordered_json::object();
        set_fields(made->fields, operation.fields);
    }
    stored = made;
    pending_.push_back({visible_ms, operation.key, std::move(made)});
}

const OpenSearchTable::Documents& OpenSearchTable::visible(int64_t now_ms) {
    while (!pending_.empty() && pending_.front().due_ms <= now_ms) {
        visible_[pending_.front().key] = std::move(pending_.front().document);
        pending_.pop_front();
    }
    return visible_;
}

}  // namespace millrace::standin
