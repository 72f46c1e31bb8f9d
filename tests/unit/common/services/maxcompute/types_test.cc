#include "common/services/maxcompute/types.h"

#include <gtest/gtest.h>

namespace millrace::maxcompute {
namespace {

TEST(MaxcomputeTypes, AreReadWithTheirArguments) {
    const Column decimal = make_column("Price", "DECIMAL(10, 2)");
    EXPECT_EQ(decimal.name, "price");
    EXPECT_EQ(decimal.type, ColumnType::kDecimal);
    EXPECT_EQ(decimal.type_text, "decimal(10,2)");
    EXPECT_EQ(decimal.precision, 10);
    EXPECT_EQ(decimal.scale, 2);
    EXPECT_EQ(make_column("d", "decimal").precision, 54);
    EXPECT_EQ(make_column("d", "decimal").scale, 18);
    EXPECT_EQ(make_column("d", "decimal(5)").scale, 0);
    EXPECT_EQ(make_column("v", "varchar(20)").length, 20);
    EXPECT_EQ(make_column("c", "CHAR(5)").type, ColumnType::kChar);
    EXPECT_EQ(make_column("t", "timestamp_ntz").type, ColumnType::kTimestampNtz);
}

TEST(MaxcomputeTypes, WhatIsUnknownOrMalformedIsNeitherWrittenNorRead) {
    for (const char* type : {"array<bigint>", "map<string,bigint>", "struct<a:bigint>", "", "blob",
                             "decimal(", "decimal(2,3)", "decimal(a)", "varchar", "varchar(1,2)",
                             "bigint(3)", "decimal(1,2,3)", "char()"}) {
        EXPECT_EQ(make_column("c", type).type, ColumnType::kOther) << type;
    }
}

}  // namespace
}  // namespace millrace::maxcompute
