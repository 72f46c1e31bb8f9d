#include "bench/parquet.h"

#include "bench/measure.h"
#include "bench/workload.h"
#include "common/codec/parquet/built.h"
#include "common/codec/parquet/writer.h"

namespace millrace::bench {
namespace {

constexpr size_t kRows = 60'000;

ParquetRows make_rows() {
    ParquetRows rows;
    uint64_t state = 1;
    const auto text = [&](size_t size) {
        std::string made(size, ' ');
        for (char& c : made) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            c = static_cast<char>('a' + (state >> 40) % 26);
        }
        return made;
    };
    for (size_t n = 0; n < kRows; ++n) {
        rows.ids.push_back(static_cast<int64_t>(n * 7919));
        rows.names.push_back(text(12));
        rows.phones.push_back(text(11));
        rows.contents.push_back(text(1000));
        rows.bytes += 8 + 12 + 11 + 1000;
    }
    return rows;
}

Result<double> ns_of_ours(const ParquetRows& rows, int rounds, uint64_t& file_bytes) {
    MILLRACE_ASSIGN(const parquet::Schema schema,
                    parquet::parse_schema("message m { optional int64 uid; optional binary name "
                                          "(UTF8); optional binary phone_number (UTF8); optional "
                                          "binary content (UTF8); }"));
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find("UTC"));
    Buffer out;
    out.reserve(96 << 20);
    MILLRACE_ASSIGN(const auto writer, parquet::Writer::create(schema, {.zone = zone}, out));
    Status status;
    std::vector<double> times;
    for (int round = 0; round <= rounds; ++round) {
        const Spent spent = spent_by([&] {
            out.clear();
            status = writer->begin();
            Sum128 sum;
            for (size_t n = 0; n < kRows && status.ok(); ++n) {
                const Value row[] = {
                    Value::of_integer(rows.ids[n]), Value::of_string(rows.names[n]),
                    Value::of_string(rows.phones[n]), Value::of_string(rows.contents[n])};
                if (!writer->append(row, 1, sum).ok()) std::abort();
                status = writer->close_full_group();
            }
            if (status.ok()) status = writer->finish();
        });
        MILLRACE_TRY(status);
        file_bytes = out.size();
        if (round > 0) times.push_back(spent.cpu_us * 1000 / static_cast<double>(kRows));
    }
    return median(times);
}

}  // namespace

Result<Figures> run_parquet_write(const Options& options) {
    MILLRACE_TRY(parquet::check_built());
    const ParquetRows rows = make_rows();
    uint64_t ours_bytes = 0, arrow_bytes = 0;
    MILLRACE_ASSIGN(const double ours, ns_of_ours(rows, options.rounds, ours_bytes));
    const double arrow = ns_of_arrow_writer(rows, options.rounds, arrow_bytes);
    const auto figure = [](std::string name, double value, std::string unit, std::string note) {
        Figure made;
        made.name = std::move(name);
        made.value = value;
        made.unit = std::move(unit);
        made.note = std::move(note);
        return made;
    };
    const std::string row = std::to_string(rows.bytes / kRows) + "-byte rows of 4 columns";
    Figures figures{
        figure("rows", ours, "ns/row", row + ", values to a file in memory, summed"),
        figure("arrow", arrow, "ns/row", "Arrow's own writer, of columns that are ready"),
        figure("speed", 100 * arrow / ours, "% of Arrow", "")};
    figures.back().goal = 60;
    figures.push_back(
        figure("file", static_cast<double>(ours_bytes) / static_cast<double>(arrow_bytes) * 100,
               "% of Arrow's file", ""));
    return figures;
}

}  // namespace millrace::bench
