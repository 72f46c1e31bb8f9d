// What an answer means. One table per level: whole answers and single items of a bulk.
#pragma once

#include <string_view>

#include "common/base/status.h"
#include "common/net/http.h"

namespace millrace::elasticsearch {

// What became of one action of a bulk.
enum class ItemVerdict : uint8_t {
    kDone,         // in effect; a delete of nothing as well
    kConflict,     // an equal or newer version is there
    kDirty,        // this document can never be taken
    kAgain,        // nothing was applied: the same action again
    kAgainSlowly,  // as kAgain, but a person may have to act (write block, full disk)
    kFail,         // no document can be taken: wrong index, closed index, not understood
};

// `type` is the item's error type, empty when it has no error; `reason` its text.
ItemVerdict judge_item(int status, std::string_view type, std::string_view reason);

// Success for 2xx. Else what the whole answer means, as a text without contents of documents.
// `what` names the request ("bulk into school_index").
Status judge_answer(const HttpAnswer& answer, std::string_view what);

// The type of a whole-answer error, or empty ("index_not_found_exception").
std::string error_type(const HttpAnswer& answer);

}  // namespace millrace::elasticsearch
