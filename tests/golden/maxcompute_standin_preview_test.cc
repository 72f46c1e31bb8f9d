// The preview that an official client read, as the stand-in makes it of the same row.
#include "common/crypto/digest.h"
#include "tests/golden/maxcompute_standin.h"
#include "tests/standin/odps_arrow.h"

namespace millrace::standin {
namespace {

TEST(MaxComputeStandinPreviewTest, ARowOfEveryTypeByteForByte) {
    MILLRACE_GOLDEN_ODPS(golden, "exchange-pyodps-0.13.2-preview.json");
    const OdpsTimestamp time{-2, 1};
    const std::vector<std::tuple<const char*, const char*, OdpsValue>> row = {
        {"c_bigint", "bigint", int64_t{-9223372036854775807}},
        {"c_double", "double", -1e-300},
        {"c_string", "string", std::string()},
        {"c_boolean", "boolean", false},
        {"c_datetime", "datetime", int64_t{-1}},
        {"c_decimal", "decimal(38,18)", std::string("-99999999999999999999.000000000000000001")},
        {"c_tinyint", "tinyint", int64_t{-128}},
        {"c_smallint", "smallint", int64_t{-32768}},
        {"c_int", "int", int64_t{-2147483648}},
        {"c_float", "float", -3.5F},
        {"c_binary", "binary", std::string()},
        {"c_varchar", "varchar(20)", std::string()},
        {"c_char", "char(5)", std::string()},
        {"c_date", "date", int64_t{-1}},
        {"c_timestamp", "timestamp", time},
        {"c_ntz", "timestamp_ntz", time},
        {"c_array", "array<bigint>", OdpsList()},
        {"c_map", "map<string,bigint>", OdpsList()},
        {"c_struct", "struct<a:bigint,b:string>", OdpsList(2)},
    };
    OdpsSchema schema;
    OdpsRow values;
    std::vector<size_t> columns;
    for (const auto& [name, type, value] : row) {
        columns.push_back(columns.size());
        schema.columns.push_back({name, *parse_odps_type(type)});
        values.push_back(value);
    }
    const auto stream = odps_arrow_stream(schema, columns, {&values});
    if (!stream) GTEST_SKIP() << "built without Apache Arrow";
    EXPECT_EQ(golden["exchanges"][0]["response"]["body_hex"], hex(*stream));
}

}  // namespace
}  // namespace millrace::standin
