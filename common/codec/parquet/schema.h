// What a Parquet file holds: a tree of fields with their types.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/config/parquet_settings.h"
#include "common/record/shape.h"

namespace millrace::parquet {

enum class Repetition : uint8_t { kRequired, kOptional, kRepeated };

enum class Physical : uint8_t {
    kBoolean,
    kInt32,
    kInt64,
    kInt96,
    kFloat,
    kDouble,
    kBytes,
    kFixedBytes,
};

enum class Logical : uint8_t {
    kNone,
    kText,
    kInteger,
    kDecimal,
    kDate,
    kTimestampMillis,
    kTimestampMicros,
    kList,
    kMap,
};

// A column, or a field within one. A group has children; every other field is a leaf.
struct Node {
    std::string name;
    Repetition repetition = Repetition::kOptional;
    Logical logical = Logical::kNone;  // kList and kMap of groups only, the others of leaves only
    // Of leaves.
    Physical physical = Physical::kBytes;
    int length = 0;                // kFixedBytes
    int bits = 0;                  // kInteger
    bool is_signed = true;         // kInteger
    bool utc = true;               // timestamps: an instant, not a clock face
    int precision = 0, scale = 0;  // kDecimal
    std::vector<Node> children;

    bool is_leaf() const { return children.empty(); }
    bool operator==(const Node&) const = default;
};

struct Schema {
    std::string name = "millrace";
    std::vector<Node> columns;
    bool operator==(const Schema&) const = default;
};

// The text of a schema as Parquet's tools print and read it: "message m { optional int64 id; }".
// kConfig with line and column of what is wrong or not built.
Result<Schema> parse_schema(const std::string& text);
std::string to_text(const Schema& schema);

// One column of DataX's types, which are words of Hive, or of Parquet's own. kConfig for another.
Result<Node> column_of(const ParquetColumn& column);

// What the settings of a writer say; where they say nothing, the shape of the records. kConfig when
// they do not fit together.
Result<Schema> schema_for(const ParquetSettings& settings, std::span<const ShapeColumn> records);

}  // namespace millrace::parquet
