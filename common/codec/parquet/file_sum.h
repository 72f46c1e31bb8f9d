// What the rows of a Parquet file add up to, from the file itself.
#pragma once

#include <string>

#include "common/codec/parquet/reader.h"
#include "common/codec/parquet/writer.h"

namespace millrace::parquet {

struct FileSum {
    uint64_t rows = 0;
    RowSum sum;  // as the writer made it
};

// Of a file that Millrace has written; `what` names it in errors. kCorrupt when it cannot be read.
Result<FileSum> sum_file(RandomAccess file, const std::string& what);

}  // namespace millrace::parquet
