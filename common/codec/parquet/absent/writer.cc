#include "common/codec/parquet/writer.h"

#include "common/codec/parquet/built.h"

namespace millrace::parquet {

Result<std::unique_ptr<Writer>> Writer::create(const Schema&, const WriterOptions&, Buffer&) {
    return check_built();
}

}  // namespace millrace::parquet
