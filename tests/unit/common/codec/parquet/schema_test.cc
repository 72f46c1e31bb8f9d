#include "common/codec/parquet/schema.h"

#include <gtest/gtest.h>

namespace millrace::parquet {
namespace {

std::string error_of(const std::string& text) {
    const Result<Schema> schema = parse_schema(text);
    return schema.ok() ? "" : schema.status().text();
}

TEST(ParquetSchemaTest, TheDocumentsExampleIsRead) {
    const Result<Schema> schema = parse_schema(
        "message m { optional int64 id; optional binary name (UTF8); required group tags (LIST) { "
        "repeated group list { required binary element (UTF8); } } }");
    ASSERT_TRUE(schema.ok()) << schema.status().text();
    ASSERT_EQ(schema->columns.size(), 3u);
    EXPECT_EQ(schema->columns[0].physical, Physical::kInt64);
    EXPECT_EQ(schema->columns[1].logical, Logical::kText);
    EXPECT_EQ(schema->columns[2].repetition, Repetition::kRequired);
    EXPECT_EQ(schema->columns[2].logical, Logical::kList);
    EXPECT_EQ(schema->columns[2].children[0].children[0].name, "element");
}

TEST(ParquetSchemaTest, WhatIsPrintedIsReadAgain) {
    const std::string text =
        "message all {\n"
        "  required boolean a;\n"
        "  optional int32 b (INT_8);\n"
        "  optional int32 c (DATE);\n"
        "  optional int64 d (TIMESTAMP(MILLIS,true));\n"
        "  optional int64 e (TIMESTAMP(MICROS,false));\n"
        "  optional int96 f;\n"
        "  optional fixed_len_byte_array(5) g (DECIMAL(10,2));\n"
        "  repeated float h;\n"
        "  optional group i (MAP) {\n"
        "    repeated group key_value {\n"
        "      required binary key (UTF8);\n"
        "      optional double value;\n"
        "    }\n"
        "  }\n"
        "  optional int64 j (UINT_64);\n"
        "}\n";
    const Result<Schema> schema = parse_schema(text);
    ASSERT_TRUE(schema.ok()) << schema.status().text();
    EXPECT_EQ(to_text(*schema), text);
}

TEST(ParquetSchemaTest, ErrorsSayWhere) {
    EXPECT_EQ(error_of("message m {\n  optional int65 id;\n}").substr(0, 40),
              "parquetSchema, line 2, column 12: \"int65");
    EXPECT_NE(error_of("message m {\n  int64 id;\n}").find("line 2, column 3: required, optional"),
              std::string::npos);
    EXPECT_NE(error_of("message m { optional int32 a (UTF8); }").find("does not go with"),
              std::string::npos);
    EXPECT_NE(error_of("message m { optional int64 a (TIME_MICROS); }").find("is not built"),
              std::string::npos);
    EXPECT_NE(error_of("message m { optional int32 a (DECIMAL(10,2)); }").find("1 to 9 digits"),
              std::string::npos);
    EXPECT_NE(error_of("message m { optional group a (LIST) { optional int32 b; } }")
                  .find("one repeated field"),
              std::string::npos);
    EXPECT_NE(error_of("message m { optional int32 a;").find("column 30"), std::string::npos);
    EXPECT_NE(error_of("").find("\"message\" is missing"), std::string::npos);
    EXPECT_NE(error_of("message m { }").find("at least one field"), std::string::npos);
}

TEST(ParquetSchemaTest, NoTextEndsTheParserBadly) {
    const std::string good =
        "message m { optional fixed_len_byte_array(3) a (DECIMAL(4,1)) = 1; optional group t "
        "(LIST) { repeated int32 x; } }";
    ASSERT_EQ(error_of(good), "");
    for (size_t i = 0; i < good.size(); ++i) {
        (void)parse_schema(good.substr(0, i));
        for (const char c : {'(', ')', '{', '}', ';', '9', ' ', '\n'}) {
            std::string changed = good;
            changed[i] = c;
            (void)parse_schema(changed);
        }
    }
    std::string deep = "message m ";
    for (int i = 0; i < 10'000; ++i) deep += "{ optional group g ";
    EXPECT_NE(error_of(deep), "");
}

TEST(ParquetSchemaTest, DataxTypesHaveTheirParquetTypes) {
    const auto text_of_type = [](const std::string& type, bool repeated = false) {
        const Result<Node> node = column_of({"x", type, repeated});
        return node.ok() ? to_text({"m", {*node}}) : node.status().text();
    };
    const auto line = [](const std::string& field) { return "message m {\n  " + field + "\n}\n"; };
    EXPECT_EQ(text_of_type("tinyint"), line("optional int32 x;"));
    EXPECT_EQ(text_of_type("bigint"), line("optional int64 x;"));
    EXPECT_EQ(text_of_type("varchar(20)"), line("optional binary x (UTF8);"));
    EXPECT_EQ(text_of_type("binary"), line("optional binary x;"));
    EXPECT_EQ(text_of_type("date"), line("optional int32 x (DATE);"));
    EXPECT_EQ(text_of_type("timestamp"), line("optional int96 x;"));
    EXPECT_EQ(text_of_type("decimal"), line("optional fixed_len_byte_array(5) x (DECIMAL(10,2));"));
    EXPECT_EQ(text_of_type("decimal(38, 6)"),
              line("optional fixed_len_byte_array(16) x (DECIMAL(38,6));"));
    EXPECT_EQ(text_of_type("int", true),
              line("optional group x (LIST) {\n    repeated group list {\n      optional int32 "
                   "element;\n    }\n  }"));
    EXPECT_NE(text_of_type("interval").find("column \"x\": \"interval\" is no type"),
              std::string::npos);
    EXPECT_NE(text_of_type("bigint(20)").find("is no type"), std::string::npos);
    EXPECT_NE(text_of_type("decimal(39,2)").find("1 to 38 digits"), std::string::npos);
    EXPECT_NE(text_of_type("decimal(x)").find("not well formed"), std::string::npos);
}

TEST(ParquetSchemaTest, WithoutSettingsTheTypesAreTheSources) {
    const std::vector<ShapeColumn> shape = {{"id", ValueType::kInteger},
                                            {"any", ValueType::kAbsent},
                                            {"bytes", ValueType::kBinary},
                                            {"at", ValueType::kDatetime}};
    const Result<Schema> schema = schema_for({}, shape);
    ASSERT_TRUE(schema.ok());
    EXPECT_EQ(to_text(*schema),
              "message millrace {\n"
              "  optional int64 id;\n"
              "  optional binary any (UTF8);\n"
              "  optional binary bytes;\n"
              "  optional int64 at (TIMESTAMP(MILLIS,true));\n"
              "}\n");
    ParquetSettings one;
    one.columns = {{"id", "bigint"}};
    EXPECT_NE(schema_for(one, shape).status().text().find("have 4 columns, the parquet objects 1"),
              std::string::npos);
    one.columns = {{"id", "bigint"}, {"id", "int"}};
    const std::vector<ShapeColumn> two = {{"a"}, {"b"}};
    EXPECT_NE(schema_for(one, two).status().text().find("the name \"id\""), std::string::npos);
}

}  // namespace
}  // namespace millrace::parquet
