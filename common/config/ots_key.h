// Whether the changes of a stream can be rows of a table: both have the same key.
#pragma once

#include <string>
#include <vector>

#include "common/config/ots_writer.h"
#include "common/record/shape.h"

namespace millrace {

// "name string, age int": for people who compare two keys.
std::string key_text(const std::vector<NamedType>& key);
std::vector<NamedType> typed(const std::vector<ShapeColumn>& columns);

// Of a stream source: where each key column of the writer stands in the source's key. kConfig when
// the writer's key is not exactly the source's, or when different keys could become one: order
// holds only within one key of the source.
Result<std::vector<size_t>> source_key_positions(const TableWriterConfig& writer,
                                                 const RecordShape& source);

}  // namespace millrace
