#include "common/codec/parquet/file_sum.h"

#include <parquet/file_reader.h>

#include "common/codec/parquet/arrow/arrow_schema.h"
#include "common/codec/parquet/arrow/columns.h"
#include "common/codec/parquet/arrow/guard.h"
#include "common/codec/parquet/arrow/remote_file.h"

namespace millrace::parquet {

Result<FileSum> sum_file(RandomAccess file, const std::string& what) {
    Schema schema;
    const auto opened = std::make_shared<RemoteFile>(file);
    MILLRACE_TRY(guarded(Code::kCorrupt, what + " cannot be read as parquet", [&] {
        schema = from_arrow(*::parquet::ReadMetaData(opened)->schema()->group_node());
        return Status();
    }));
    // Both ways by one clock, which therefore may be any.
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find("UTC"));
    MILLRACE_ASSIGN(const Dates dates, Dates::create(zone));
    MILLRACE_ASSIGN(const auto reader, Reader::open(std::move(file), what, zone));
    std::vector<uint32_t> all(reader->columns().size());
    for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
    MILLRACE_TRY(reader->start(all, {}));

    FileSum made;
    Columns columns(schema, dates);
    Buffer row;
    for (std::span<const Value> values;;) {
        MILLRACE_ASSIGN(const bool more, reader->next(values));
        if (!more) return made;
        columns.clear();
        if (!columns.append(values).ok()) {
            return Status(Code::kCorrupt, what + " holds a row that Millrace does not write");
        }
        row.clear();
        columns.add_last_row(row);
        made.sum.add(row.view());
        ++made.rows;
    }
}

}  // namespace millrace::parquet
