// What stands in where there is no Apache Arrow.
#include "common/codec/parquet/built.h"
#include "common/codec/parquet/file_sum.h"

namespace millrace::parquet {

Result<std::unique_ptr<Writer>> Writer::create(const Schema&, const WriterOptions&, Buffer&) {
    return check_built();
}

Result<std::unique_ptr<Reader>> Reader::open(RandomAccess, const std::string&, const TimeZone&) {
    return check_built();
}

Result<FileSum> sum_file(RandomAccess, const std::string&) {
    return check_built();
}

}  // namespace millrace::parquet
