// How an oss writer makes Parquet objects.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace {

enum class ParquetCompression : uint8_t { kNone, kSnappy, kZstd, kGzip };

struct ParquetColumn {
    std::string name;
    std::string type;       // small letters, as DataX has them: "bigint", "decimal(10,2)"
    bool repeated = false;  // a list of values of this type
};

// The types come from `columns`, or from `schema`, or when both are empty from the source.
struct ParquetSettings {
    ParquetCompression compression = ParquetCompression::kNone;
    uint64_t row_group_rows = 0;
    std::vector<ParquetColumn> columns;  // in the reader's order
    std::string schema;                  // the text of parquetSchema: "message m { … }"
};

}  // namespace millrace
