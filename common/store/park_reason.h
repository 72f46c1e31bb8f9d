// The reason for which an item is parked, as it stands in the ledger: the code of the failure has
// to reach a coordinator in another process.
#pragma once

#include <string>

#include "common/base/status.h"

namespace millrace {

// What the items of a run write into has ended (an upload session): its coordinator must make a new
// one. kNotFound, with a mark of its own.
Status staging_gone(std::string text);
bool is_staging_gone(const Status& status);

// The text; a source that has changed and staging that is gone, which a coordinator must tell from
// other reasons, stand in front of it.
std::string park_reason(const Status& status);
// What was parked for: kSourceChanged, staging_gone() or kFatal, with the text.
Status parked_for(const std::string& reason);

}  // namespace millrace
