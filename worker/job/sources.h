// Which source a claimed item gets.
#pragma once

#include "worker/job/job.h"
#include "worker/source/source.h"

namespace millrace {

Result<std::unique_ptr<Source>> make_source(const ItemParts& item);

}  // namespace millrace
