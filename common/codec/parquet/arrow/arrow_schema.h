// A schema as Arrow's Parquet library has it.
#pragma once

#include <parquet/schema.h>

#include <memory>

#include "common/codec/parquet/schema.h"

namespace millrace::parquet {

// Throws what Arrow throws when a type cannot be.
std::shared_ptr<::parquet::schema::GroupNode> to_arrow(const Schema& schema);
// The other way. What our own schemas do not have comes back as plain leaves.
Schema from_arrow(const ::parquet::schema::GroupNode& root);

}  // namespace millrace::parquet
