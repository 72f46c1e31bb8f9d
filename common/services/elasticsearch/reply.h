// Reads the answers of _bulk and _mget on demand, without a tree. An answer that is not understood
// is an error (kCorrupt): it is never taken as success.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/services/elasticsearch/errors.h"

namespace millrace::elasticsearch {

enum class Action : uint8_t { kIndex, kDelete };

struct ItemError {
    size_t item = 0;  // position in the request
    ItemVerdict verdict = ItemVerdict::kFail;
    int status = 0;
    std::string type;
    // The field that a mapper error names, or empty. Nothing else of the server's text is kept: it
    // may quote the document.
    std::string field;
};

// One answer per action, in order, each naming the action that was sent. Items that are kDone are
// not listed in `errors`; the others are, ascending.
Status read_bulk_reply(const Buffer& body, const std::vector<Action>& sent,
                       std::vector<ItemError>& errors);

// One document of an _mget. `source` views into the answer's body.
struct Found {
    bool found = false;
    uint64_t version = 0;
    std::string_view source;  // JSON object, or empty when it was not asked for
};
// Replaces `found` by the `count` asked documents, in order. kRetry when one of them could not be
// read (its shard is away).
Status read_mget_reply(const Buffer& body, size_t count, std::vector<Found>& found);

// A document of a scan; `source` as above.
struct Scanned {
    std::string id;
    uint64_t version = 0;
    std::string_view source;
};
struct ScanPage {
    std::string scroll;  // asks for the next page
    std::vector<Scanned> documents;
};
// kCorrupt when a shard did not answer or the time was not enough: documents would be missing.
Status read_scan_reply(const Buffer& body, ScanPage& page);

}  // namespace millrace::elasticsearch
