// Which target a claimed item gets.
#pragma once

#include "worker/job/job.h"
#include "worker/targets/target.h"

namespace millrace {

Result<std::unique_ptr<Target>> make_target(const ItemParts& item);

}  // namespace millrace
