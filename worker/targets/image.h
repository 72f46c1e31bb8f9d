// Rows as they are now in the source, for runs that write by image.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/record/value.h"

namespace millrace {

// One value per column of the job, in its order; absent columns are kAbsent.
struct ImageRow {
    std::shared_ptr<const void> memory;  // keeps what `values` view into
    std::vector<Value> values;
    // The newest timestamp of its cells, milliseconds since 1970; 0 = none is known.
    int64_t newest_ms = 0;
};

// Key columns in the table's order.
using RowKey = std::span<const Value>;
// Reads the rows of these keys, in their order; nothing for a row that is not there.
using ImageReader =
    std::function<Result<std::vector<std::optional<ImageRow>>>(std::span<const RowKey> keys)>;

}  // namespace millrace
