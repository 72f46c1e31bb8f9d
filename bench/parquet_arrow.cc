// Apache Arrow's own way from columns to a Parquet file.
#include "bench/parquet.h"

#ifdef MILLRACE_PARQUET
#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/writer.h>

#include "bench/measure.h"

namespace millrace::bench {
namespace {

template <typename Builder, typename Values>
std::shared_ptr<arrow::Array> array_of(const Values& values) {
    Builder builder;
    return builder.AppendValues(values).ok() ? builder.Finish().ValueOrDie() : nullptr;
}

}  // namespace

double ns_of_arrow_writer(const ParquetRows& rows, int rounds, uint64_t& file_bytes) {
    const auto schema = arrow::schema(
        {arrow::field("uid", arrow::int64()), arrow::field("name", arrow::utf8()),
         arrow::field("phone_number", arrow::utf8()), arrow::field("content", arrow::utf8())});
    const auto table = arrow::Table::Make(schema, {array_of<arrow::Int64Builder>(rows.ids),
                                                   array_of<arrow::StringBuilder>(rows.names),
                                                   array_of<arrow::StringBuilder>(rows.phones),
                                                   array_of<arrow::StringBuilder>(rows.contents)});
    const auto properties = ::parquet::WriterProperties::Builder().build();
    std::vector<double> times;
    for (int round = 0; round <= rounds; ++round) {
        const Spent spent = spent_by([&] {
            const auto sink = arrow::io::BufferOutputStream::Create(96 << 20).ValueOrDie();
            const auto status = ::parquet::arrow::WriteTable(*table, arrow::default_memory_pool(),
                                                             sink, 30'000, properties);
            file_bytes = status.ok() ? static_cast<uint64_t>(sink->Tell().ValueOrDie()) : 0;
        });
        if (round > 0) times.push_back(spent.cpu_us * 1000 / static_cast<double>(rows.ids.size()));
    }
    return median(times);
}

}  // namespace millrace::bench
#else
namespace millrace::bench {

double ns_of_arrow_writer(const ParquetRows&, int, uint64_t&) {
    return 0;
}

}  // namespace millrace::bench
#endif
