// Parquet files in memory, written and read back.
#pragma once

#include <gtest/gtest.h>

#include "common/codec/parquet/built.h"
#include "common/codec/parquet/reader.h"
#include "common/codec/parquet/writer.h"

#define SKIP_WITHOUT_PARQUET() \
    if (const Status built = parquet::check_built(); !built.ok()) GTEST_SKIP() << built.text()

namespace millrace {

inline TimeZone zone_named(const char* name) {
    return *TimeZone::find(name);
}

class ParquetFile {
  public:
    explicit ParquetFile(const std::string& schema,
                         parquet::WriterOptions options = {.zone = zone_named("Asia/Shanghai")}) {
        const Result<parquet::Schema> parsed = parquet::parse_schema(schema);
        EXPECT_TRUE(parsed.ok()) << parsed.status().text();
        auto made = parquet::Writer::create(*parsed, options, bytes);
        EXPECT_TRUE(made.ok()) << made.status().text();
        writer = *std::move(made);
        EXPECT_TRUE(writer->begin().ok());
    }
    parquet::Writer::Outcome add(std::vector<Value> row) {
        const auto outcome = writer->append(row, 1, sum);
        EXPECT_TRUE(writer->close_full_group().ok());
        return outcome;
    }
    std::unique_ptr<parquet::Reader> read(const char* zone = "Asia/Shanghai") {
        if (!finished) {
            EXPECT_TRUE(writer->finish().ok());
        }
        finished = true;
        auto made = parquet::Reader::open(access(), "the file", zone_named(zone));
        EXPECT_TRUE(made.ok()) << made.status().text();
        return made.ok() ? *std::move(made) : nullptr;
    }
    parquet::RandomAccess access() {
        return {bytes.size(), [this](uint64_t first, uint64_t count) -> Result<Buffer> {
                    ++reads;
                    Buffer part;
                    part.append(bytes.view().substr(first, count));
                    return part;
                }};
    }

    Buffer bytes;
    Sum128 sum;
    std::unique_ptr<parquet::Writer> writer;
    bool finished = false;
    size_t reads = 0;
};

// "null", "i:5", "s:text", …: for comparisons that a person can read.
inline std::string shown(const Value& value) {
    switch (value.type) {
        case ValueType::kAbsent: return "absent";
        case ValueType::kNull: return "null";
        case ValueType::kInteger: return "i:" + std::to_string(value.integer);
        case ValueType::kDouble: return "d:" + std::to_string(value.real);
        case ValueType::kBoolean: return value.boolean ? "true" : "false";
        case ValueType::kString: return "s:" + std::string(value.bytes);
        case ValueType::kBinary: return "b:" + std::string(value.bytes);
        case ValueType::kDatetime: return "t:" + std::to_string(value.integer);
        case ValueType::kDate: return "day:" + std::to_string(value.integer);
    }
    return "?";
}

inline std::vector<std::vector<std::string>> rows_of(parquet::Reader& reader,
                                                     std::vector<uint32_t> columns = {},
                                                     parquet::Place place = {}) {
    if (columns.empty()) {
        for (uint32_t i = 0; i < reader.columns().size(); ++i) columns.push_back(i);
    }
    EXPECT_TRUE(reader.start(columns, place).ok());
    std::vector<std::vector<std::string>> rows;
    std::span<const Value> row;
    for (;;) {
        const Result<bool> more = reader.next(row);
        EXPECT_TRUE(more.ok()) << more.status().text();
        if (!more.ok() || !*more) return rows;
        rows.emplace_back();
        for (const Value& value : row) rows.back().push_back(shown(value));
    }
}

}  // namespace millrace
