// Which target a claimed item gets.
#pragma once

#include "worker/job/job.h"
#include "worker/targets/image.h"
#include "worker/targets/target.h"

namespace millrace {

// Rows as they are now in the stream's table; none for sources whose records are rows already.
Result<ImageReader> make_images(const ItemParts& item);

Result<std::unique_ptr<Target>> make_target(const ItemParts& item);

}  // namespace millrace
