// A schema as Arrow's Parquet library has it.
#pragma once

#include <parquet/schema.h>

#include <memory>

#include "common/codec/parquet/schema.h"

namespace millrace::parquet {

// Throws what Arrow throws when a type cannot be.
std::shared_ptr<::parquet::schema::GroupNode> to_arrow(const Schema& schema);

}  // namespace millrace::parquet
