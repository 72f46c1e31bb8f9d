// Documents made of folded changes, and of what is stored.
#pragma once

#include <string_view>

#include "common/base/status.h"
#include "worker/targets/elasticsearch/batch.h"

namespace millrace::elasticsearch {

// Appends the document line of a folded entry as it is. A whole row names all columns (absent ones
// null, unless nulls are left out).
void append_document(const Batch& batch, const Folded& folded, Buffer& out);

// Appends the document line `stored` with the fields of `folded` put over it. Fields that are not
// columns of the job stay. kCorrupt when `stored` is no JSON object.
Status append_merged(const Batch& batch, const Folded& folded, std::string_view stored,
                     Buffer& out);

}  // namespace millrace::elasticsearch
