#include <gtest/gtest.h>

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"
#include "tests/golden/tablestore_row_json.h"
#include "tests/golden/tablestore_vectors.h"

namespace millrace {
namespace {

using plainbuffer::Row;

void expect_equal(const Value& left, const Value& right) {
    ASSERT_EQ(left.type, right.type);
    EXPECT_EQ(left.bytes, right.bytes);
    if (left.type == ValueType::kBoolean) {
        EXPECT_EQ(left.boolean, right.boolean);
    } else {
        EXPECT_EQ(left.integer, right.integer);  // of a double: its bits
    }
}

void expect_equal(const Row& left, const Row& right) {
    ASSERT_EQ(left.key.size(), right.key.size());
    for (size_t i = 0; i < left.key.size(); ++i) {
        EXPECT_EQ(left.key[i].name, right.key[i].name);
        EXPECT_EQ(left.key[i].value.kind, right.key[i].value.kind);
        expect_equal(left.key[i].value.value, right.key[i].value.value);
    }
    ASSERT_EQ(left.cells.size(), right.cells.size());
    for (size_t i = 0; i < left.cells.size(); ++i) {
        EXPECT_EQ(left.cells[i].name, right.cells[i].name);
        EXPECT_EQ(left.cells[i].op, right.cells[i].op);
        EXPECT_EQ(left.cells[i].timestamp_ms, right.cells[i].timestamp_ms);
        expect_equal(left.cells[i].value, right.cells[i].value);
    }
    EXPECT_EQ(left.delete_marker, right.delete_marker);
    EXPECT_EQ(left.sequence, right.sequence);
}

void check_rows(const nlohmann::json& vector) {
    const std::string bytes = from_hex(vector.at("hex").get<std::string>());
    test::RowJson json;
    plainbuffer::RowReader reader(bytes);
    Buffer written;
    plainbuffer::write_header(written);
    Row read;
    for (const auto& described : vector.at("rows")) {
        const Row expected = json.row(described);
        plainbuffer::write_row(written, expected);
        const Result<bool> found = reader.next(read);
        ASSERT_TRUE(found.ok()) << found.status().text();
        ASSERT_TRUE(*found);
        expect_equal(read, expected);
    }
    const Result<bool> more = reader.next(read);
    ASSERT_TRUE(more.ok());
    EXPECT_FALSE(*more);
    EXPECT_EQ(hex(written.view()), hex(bytes));
    if (vector.at("name").get<std::string>().starts_with("rec_")) {
        EXPECT_TRUE(plainbuffer::read_record(bytes, read).ok());
    }
}

void check_bare_value(const nlohmann::json& vector) {
    const std::string bytes = from_hex(vector.at("hex").get<std::string>());
    test::RowJson json;
    const plainbuffer::KeyValue expected = json.key_value(vector.at("value"));
    Buffer written;
    plainbuffer::write_bare_value(written, expected);
    EXPECT_EQ(hex(written.view()), hex(bytes));
    const Result<plainbuffer::KeyValue> read = plainbuffer::read_bare_value(bytes);
    ASSERT_TRUE(read.ok()) << read.status().text();
    EXPECT_EQ(read->kind, expected.kind);
    expect_equal(read->value, expected.value);
}

TEST(GoldenTablestorePlainBuffer, BothWays) {
    MILLRACE_TABLESTORE_VECTORS(vectors, "plainbuffer.json");
    for (const auto& vector : vectors) {
        SCOPED_TRACE(vector.at("name").get<std::string>());
        if (vector.at("kind") == "rows") {
            check_rows(vector);
        } else {
            check_bare_value(vector);
        }
    }
}

TEST(GoldenTablestorePlainBuffer, DamagedOnes) {
    MILLRACE_TABLESTORE_VECTORS(vectors, "plainbuffer_bad.json");
    for (const auto& vector : vectors) {
        const std::string name = vector.at("name");
        SCOPED_TRACE(name);
        // Java sums the decoded boolean, we sum the bytes as they are: 2 is no boolean.
        const bool accepted = vector.at("java_sdk") == "accepted" && name != "odd_boolean_two";
        const std::string bytes = from_hex(vector.at("hex").get<std::string>());
        plainbuffer::RowReader reader(bytes);
        Row row;
        int rows = 0;
        Result<bool> found = reader.next(row);
        for (; found.ok() && *found; found = reader.next(row)) ++rows;
        EXPECT_EQ(found.status().code(), accepted ? Code::kOk : Code::kCorrupt);
        if (accepted) {
            EXPECT_EQ(rows, vector.at("rows").get<int>());
        }
        // As a stream record nothing but the wrong outer length is taken.
        EXPECT_EQ(plainbuffer::read_record(bytes, row).ok(),
                  name == "odd_value_length_field_wrong");
    }
}

}  // namespace
}  // namespace millrace
