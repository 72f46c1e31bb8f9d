// The reason for which an item is parked, as it stands in the ledger: the code of the failure has
// to reach a coordinator in another process.
#pragma once

#include <string>

#include "common/base/status.h"

namespace millrace {

// The text; a source that has changed, which a coordinator must tell from other reasons, stands in
// front of it.
std::string park_reason(const Status& status);
// What was parked for: kSourceChanged or kFatal, with the text.
Status parked_for(const std::string& reason);

}  // namespace millrace
