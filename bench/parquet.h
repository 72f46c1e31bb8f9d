// The measured rows of `parquet-write`, and what Arrow's own writer needs for them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::bench {

struct ParquetRows {
    std::vector<int64_t> ids;
    std::vector<std::string> names, phones, contents;
    uint64_t bytes = 0;
};

// Time of Arrow's own writer on columns that are ready in memory, in ns per row; 0 without Arrow.
// `file_bytes` = how large its file is.
double ns_of_arrow_writer(const ParquetRows& rows, int rounds, uint64_t& file_bytes);

}  // namespace millrace::bench
