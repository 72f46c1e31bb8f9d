// Record streams of the official clients through the stand-in's codec.
#include "common/crypto/digest.h"
#include "tests/golden/maxcompute_standin.h"
#include "tests/standin/crc32c.h"
#include "tests/standin/odps_compression.h"
#include "tests/standin/odps_error.h"
#include "tests/standin/odps_record_stream.h"

namespace millrace::standin {
namespace {

using nlohmann::json;

std::vector<OdpsColumn> columns_of(const json& columns) {
    std::vector<OdpsColumn> all;
    for (const auto& one : columns) {
        const auto type = parse_odps_type(one[1].get<std::string>());
        EXPECT_TRUE(type.has_value()) << one;
        if (type) all.push_back({one[0], *type});
    }
    return all;
}

// The vectors' form of a value.
json neutral(const OdpsType& type, const OdpsValue& value) {
    if (value.is_null()) return nullptr;
    if (const auto* list = std::get_if<OdpsList>(&value)) {
        json all = json::array();
        const size_t entries = type.kind == OdpsKind::kMap ? list->size() / 2 : list->size();
        for (size_t i = 0; i < entries; ++i) {
            if (type.kind == OdpsKind::kMap)
                all.push_back({{"key", neutral(type.inside[0], (*list)[i])},
                               {"value", neutral(type.inside[1], (*list)[entries + i])}});
            else
                all.push_back(
                    neutral(type.inside[type.kind == OdpsKind::kStruct ? i : 0], (*list)[i]));
        }
        return all;
    }
    if (const auto* truth = std::get_if<bool>(&value)) return *truth;
    if (const auto* number = std::get_if<int64_t>(&value)) return *number;
    if (const auto* number = std::get_if<float>(&value)) return *number;
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* text = std::get_if<std::string>(&value)) return {{"hex", hex(*text)}};
    const auto time = std::get<OdpsTimestamp>(value);
    return {{"sec", time.seconds}, {"nano", time.nanos}};
}

json decoded(const std::vector<OdpsColumn>& columns, std::string_view stream) {
    json rows = json::array();
    try {
        for (const OdpsRow& row : read_odps_records(columns, stream)) {
            json cells = json::array();
            for (size_t i = 0; i < row.size(); ++i)
                cells.push_back(neutral(columns[i].type, row[i]));
            rows.push_back(std::move(cells));
        }
    } catch (const OdpsError& error) {
        return error.code + ": " + error.message;
    }
    return rows;
}

std::string encoded_again(const std::vector<OdpsColumn>& columns, std::string_view stream) {
    std::vector<const OdpsType*> types;
    std::vector<size_t> at;
    for (const OdpsColumn& column : columns) {
        at.push_back(types.size());
        types.push_back(&column.type);
    }
    OdpsRecordWriter writer(types);
    for (const OdpsRow& row : read_odps_records(columns, stream)) writer.add(row, at);
    return writer.finish();
}

TEST(MaxcomputeStandinRecordsGolden, EveryStreamBothWays) {
    MILLRACE_GOLDEN_ODPS(vectors, "record-streams.json");
    for (const auto& one : vectors) {
        const auto columns = columns_of(one["columns"]);
        const std::string stream = from_hex(one["hex"].get<std::string>());
        EXPECT_EQ(decoded(columns, stream), one["rows"]) << one["name"];
        EXPECT_EQ(hex(encoded_again(columns, stream)), one["hex"]) << one["name"];
        if (!one.contains("pyodps_hex")) continue;
        const std::string extended = from_hex(one["pyodps_hex"].get<std::string>());
        EXPECT_EQ(decoded(columns, extended), one["rows"]) << one["name"];
    }
    EXPECT_GT(vectors.size(), 50u);
}

// Every cut and every changed byte of a stream is noticed.
TEST(MaxcomputeStandinRecordsGolden, DamageIsNoticed) {
    MILLRACE_GOLDEN_ODPS(vectors, "record-streams.json");
    for (const auto& one : vectors) {
        if (one["name"] != "all/full") continue;
        const auto columns = columns_of(one["columns"]);
        const std::string stream = from_hex(one["hex"].get<std::string>());
        for (size_t i = 0; i < stream.size(); ++i) {
            EXPECT_TRUE(decoded(columns, stream.substr(0, i)).is_string()) << i;
            std::string damaged = stream;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x04);
            EXPECT_TRUE(decoded(columns, damaged).is_string()) << i;
        }
        EXPECT_TRUE(decoded(columns, stream + '\0').is_string());
        return;
    }
    FAIL() << "the vector is not there";
}

TEST(MaxcomputeStandinRecordsGolden, BlocksOfAllUploads) {
    if (golden_dir("maxcompute").empty()) GTEST_SKIP() << "maxcompute is not there";
    size_t checked = 0, inflated = 0;
    each_golden_odps_exchange([&](const std::string& file, const json& one) {
        const std::string query = one["query"];
        if (one["method"] != "PUT" || !one.contains("records") || one["records"].is_null() ||
            query.find("arrow") != std::string::npos || query.find("blockid") == std::string::npos)
            return;
        const Request request = golden_odps_request(one);
        const std::string* encoding = request.header("content-encoding");
        std::string stream = from_hex(one["body_hex"].get<std::string>());
        if (encoding && *encoding == "deflate") {
            const auto plain = zlib_inflate(stream);
            ASSERT_TRUE(plain) << file;
            stream = *plain;
            ++inflated;
        } else if (encoding) {
            return;
        }
        EXPECT_EQ(decoded(columns_of(one["records"]["columns"]), stream), one["records"]["rows"])
            << file;
        ++checked;
    });
    EXPECT_GT(checked, 30u);
    EXPECT_GT(inflated, 0u);
}

TEST(MaxcomputeStandinRecordsGolden, Crc32c) {
    MILLRACE_GOLDEN_ODPS(vectors, "crc32c.json");
    for (const auto& one : vectors) {
        Crc32c crc;
        crc.add(from_hex(one["hex"].get<std::string>()));
        EXPECT_EQ(crc.value(), std::stoul(one["crc32c"].get<std::string>(), nullptr, 16));
    }
}

}  // namespace
}  // namespace millrace::standin
