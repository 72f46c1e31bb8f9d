#include "common/services/elasticsearch/reply.h"

#include <simdjson.h>

namespace millrace::elasticsearch {

namespace {

namespace od = simdjson::ondemand;

Status not_understood(std::string_view what) {
    return Status(Code::kCorrupt,
                  "the answer of the search server was not understood: " + std::string(what));
}

// "... field [name] of type ..." -> name
std::string field_named_in(std::string_view reason) {
    const size_t begin = reason.find("field [");
    if (begin == std::string_view::npos) return {};
    const size_t end = reason.find(']', begin);
    if (end == std::string_view::npos) return {};
    return std::string(reason.substr(begin + 7, end - begin - 7));
}

// A parser keeps its memory between answers. One per thread: answers are read by the slot's thread.
od::parser& parser() {
    thread_local od::parser one;
    return one;
}

// A buffer's slack is the padding that simdjson wants.
simdjson::padded_string_view padded(const Buffer& body) {
    static_assert(Buffer::kTail >= simdjson::SIMDJSON_PADDING);
    return simdjson::padded_string_view(body.data(), body.size(), body.size() + Buffer::kTail);
}

void read_error(od::object error, ItemError& into, std::string& reason) {
    for (auto member : error) {
        std::string_view key, text;
        if (member.unescaped_key().get(key)) return;
        if (key == "type" && !member.value().get_string().get(text)) into.type = text;
        if (key == "reason" && !member.value().get_string().get(text)) reason = text;
    }
}

// One element of "items": {"index":{"status":201}}. False: not understood.
bool read_item(od::object item, Action sent, ItemError& into, std::string& reason) {
    size_t actions = 0;
    for (auto member : item) {
        std::string_view action;
        od::object result;
        if (member.unescaped_key().get(action) || member.value().get(result)) return false;
        if (action != (sent == Action::kIndex ? "index" : "delete")) return false;
        ++actions;
        for (auto part : result) {
            std::string_view key;
            if (part.unescaped_key().get(key)) return false;
            if (key == "status") {
                int64_t status = 0;
                if (part.value().get(status)) return false;
                into.status = static_cast<int>(status);
            } else if (key == "error") {
                od::object error;
                if (part.value().get(error)) return false;
                into.type = "unknown";
                read_error(error, into, reason);
            }
        }
    }
    return actions == 1 && into.status != 0;
}

Status read_items(od::array items, const std::vector<Action>& sent,
                  std::vector<ItemError>& errors) {
    size_t count = 0;
    ItemError one;
    std::string reason;
    for (auto element : items) {
        od::object item;
        if (element.get(item)) return not_understood("an item is no object");
        if (count >= sent.size()) return not_understood("more items than actions");
        one.item = count;
        one.status = 0;
        one.type.clear();
        reason.clear();
        if (!read_item(item, sent[count], one, reason)) {
            return not_understood("item " + std::to_string(count) +
                                  " does not answer the action that was sent");
        }
        one.verdict = judge_item(one.status, one.type, reason);
        if (one.verdict != ItemVerdict::kDone) {
            one.field = field_named_in(reason);
            errors.push_back(one);
        }
        ++count;
    }
    if (count == sent.size()) return {};
    return not_understood(std::to_string(count) + " items for " + std::to_string(sent.size()) +
                          " actions");
}

}  // namespace

Status read_bulk_reply(const Buffer& body, const std::vector<Action>& sent,
                       std::vector<ItemError>& errors) {
    errors.clear();
    if (body.empty()) return not_understood("bulk: empty");
    od::document document;
    od::object root;
    if (parser().iterate(padded(body)).get(document) || document.get_object().get(root)) {
        return not_understood("bulk: no JSON object");
    }
    bool items_seen = false;
    for (auto member : root) {
        std::string_view key;
        if (member.unescaped_key().get(key)) return not_understood("bulk: broken JSON");
        if (key != "items") continue;
        od::array items;
        if (member.value().get(items)) return not_understood("bulk: items is no list");
        MILLRACE_TRY(read_items(items, sent, errors));
        items_seen = true;
    }
    return items_seen ? Status() : not_understood("bulk: no items");
}

namespace {

Status read_found(od::object document, Found& found) {
    bool answered = false;
    for (auto member : document) {
        std::string_view key;
        if (member.unescaped_key().get(key)) return not_understood("mget: broken JSON");
        if (key == "found") {
            if (member.value().get(found.found)) return not_understood("mget: found");
            answered = true;
        } else if (key == "_version") {
            if (member.value().get(found.version)) return not_understood("mget: _version");
        } else if (key == "_source") {
            od::object source;
            if (member.value().get(source) || source.raw_json().get(found.source)) {
                return not_understood("mget: _source");
            }
        } else if (key == "error") {
            return Status(Code::kRetry, "mget: the search server could not read a document");
        }
    }
    return answered ? Status() : not_understood("mget: a document without `found`");
}

}  // namespace

Status read_mget_reply(const Buffer& body, size_t count, std::vector<Found>& found) {
    found.clear();
    if (body.empty()) return not_understood("mget: empty");
    od::document document;
    od::array documents;
    if (parser().iterate(padded(body)).get(document) || document["docs"].get(documents)) {
        return not_understood("mget: no docs");
    }
    for (auto element : documents) {
        od::object one;
        if (element.get(one)) return not_understood("mget: a document is no object");
        MILLRACE_TRY(read_found(one, found.emplace_back()));
    }
    if (found.size() == count) return {};
    return not_understood("mget: " + std::to_string(found.size()) + " documents for " +
                          std::to_string(count) + " ids");
}

namespace {

Status read_scanned(od::object document, Scanned& scanned) {
    for (auto member : document) {
        std::string_view key;
        if (member.unescaped_key().get(key)) return not_understood("scan: broken JSON");
        if (key == "_id") {
            std::string_view id;
            if (member.value().get_string().get(id)) return not_understood("scan: _id");
            scanned.id = id;
        } else if (key == "_version") {
            if (member.value().get(scanned.version)) return not_understood("scan: _version");
        } else if (key == "_source") {
            od::object source;
            if (member.value().get(source) || source.raw_json().get(scanned.source)) {
                return not_understood("scan: _source");
            }
        }
    }
    return {};
}

Status read_hits(od::object outer, ScanPage& page) {
    for (auto member : outer) {
        std::string_view key;
        od::array hits;
        if (member.unescaped_key().get(key)) return not_understood("scan: broken JSON");
        if (key != "hits") continue;
        if (member.value().get(hits)) return not_understood("scan: hits");
        for (auto element : hits) {
            od::object one;
            if (element.get(one)) return not_understood("scan: a document is no object");
            MILLRACE_TRY(read_scanned(one, page.documents.emplace_back()));
        }
    }
    return {};
}

// Whether every shard has answered in time.
bool is_complete(std::string_view key, od::value value) {
    if (key == "timed_out") {
        bool late = true;
        return !value.get(late) && !late;
    }
    int64_t failed = 1;
    return !value["failed"].get(failed) && failed == 0;
}

}  // namespace

Status read_scan_reply(const Buffer& body, ScanPage& page) {
    page.documents.clear();
    od::document document;
    od::object root;
    if (body.empty() || parser().iterate(padded(body)).get(document) ||
        document.get_object().get(root)) {
        return not_understood("scan: no JSON object");
    }
    for (auto member : root) {
        std::string_view key, scroll;
        od::object hits;
        od::value value;
        if (member.unescaped_key().get(key) || member.value().get(value)) {
            return not_understood("scan: broken JSON");
        }
        if (key == "_scroll_id") {
            if (value.get_string().get(scroll)) return not_understood("scan: _scroll_id");
            page.scroll = scroll;
        } else if (key == "hits") {
            if (value.get_object().get(hits)) return not_understood("scan: hits");
            MILLRACE_TRY(read_hits(hits, page));
        } else if ((key == "timed_out" || key == "_shards") && !is_complete(key, value)) {
            return Status(Code::kCorrupt, "scan: a part of the index did not answer");
        }
    }
    return {};
}

}  // namespace millrace::elasticsearch
