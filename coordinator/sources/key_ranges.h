// Which keys of a table a job reads, and the pieces that its items read. Pure: no I/O.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/config/ots_reader.h"
#include "common/record/shape.h"
#include "common/services/tablestore/key_range.h"

namespace millrace {

// The range of the script, completed: missing key columns are filled so that the direction stays
// and equal beginnings mean everything that begins so. kConfig when it does not fit the table's
// key, or is empty.
Result<tablestore::KeyRange> complete_range(const TableReaderConfig& reader,
                                            std::span<const ShapeColumn> key);

// Cuts the range at the script's points, which must lie inside of it, in its order; else kConfig.
Result<std::vector<tablestore::KeyRange>> cut_at_points(const tablestore::KeyRange& range,
                                                        std::span<const KeyBound> points,
                                                        std::span<const ShapeColumn> key);

// Cuts the range at those of the service's proposals (rising keys, last columns may be missing)
// that lie inside, into at most `pieces_max` pieces of like size.
Result<std::vector<tablestore::KeyRange>> cut_at_proposals(const tablestore::KeyRange& range,
                                                           std::span<const std::string> proposals,
                                                           std::span<const ShapeColumn> key,
                                                           size_t pieces_max);

}  // namespace millrace
