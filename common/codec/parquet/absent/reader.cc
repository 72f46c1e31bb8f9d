#include "common/codec/parquet/reader.h"

#include "common/codec/parquet/built.h"

namespace millrace::parquet {

Result<std::unique_ptr<Reader>> Reader::open(RandomAccess, const std::string&, const TimeZone&) {
    return check_built();
}

}  // namespace millrace::parquet
