// Rows to the bytes that the official clients write, and back.
#include <filesystem>

#include "tests/golden/maxcompute_golden.h"

namespace millrace::maxcompute {
namespace {

TEST(MaxcomputeRecordStreamGolden, RowsBecomeTheOfficialBytes) {
    MILLRACE_GOLDEN_MAXCOMPUTE(vectors, "record-streams.json");
    size_t checked = 0;
    for (const auto& one : vectors) {
        const std::vector<Column> columns = golden_columns(one["columns"]);
        if (!all_plain(columns) && !one["rows"].empty()) continue;
        EXPECT_EQ(hex(encode_golden(columns, one["rows"]).view()), one["hex"]) << one["name"];
        ++checked;
    }
    EXPECT_GE(checked, 49u);
}

TEST(MaxcomputeRecordStreamGolden, BothFormsOfChecksumsAreRead) {
    MILLRACE_GOLDEN_MAXCOMPUTE(vectors, "record-streams.json");
    size_t extended = 0;
    for (const auto& one : vectors) {
        const std::vector<Column> columns = golden_columns(one["columns"]);
        if (!all_plain(columns) && !one["rows"].empty()) continue;
        for (const char* form : {"hex", "pyodps_hex"}) {
            if (!one.contains(form)) continue;
            const std::string stream = from_hex(one[form].get<std::string>());
            EXPECT_EQ(decode_golden(columns, stream), one["rows"]) << one["name"] << form;
            extended += form[0] == 'p';
        }
    }
    EXPECT_GT(extended, 20u);
}

TEST(MaxcomputeRecordStreamGolden, ColumnsThatCannotBeReadAreNamed) {
    MILLRACE_GOLDEN_MAXCOMPUTE(vectors, "record-streams.json");
    for (const auto& one : vectors) {
        if (one["name"] != "c_array/full") continue;
        const std::string stream = from_hex(one["hex"].get<std::string>());
        const Status status = check_stream(golden_columns(one["columns"]), stream).status();
        EXPECT_EQ(status.code(), Code::kConfig);
        EXPECT_NE(status.text().find("\"c_array\" of type array<bigint>"), std::string::npos);
        return;
    }
    FAIL() << "the vector is not there";
}

// What the clients sent and took, wherever its columns are plain and it is not compressed.
TEST(MaxcomputeRecordStreamGolden, StreamsOfTheExchanges) {
    const std::string folder = golden_dir("maxcompute");
    if (folder.empty()) GTEST_SKIP() << "maxcompute is not there";
    size_t checked = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().filename();
        if (!file.starts_with("exchange-")) continue;
        const auto exchanges = read_golden_maxcompute(file)["exchanges"];
        for (const auto& one : exchanges) {
            if (!one.contains("records") || one["records"].is_null()) continue;
            const std::string query = one["query"];
            const std::vector<Column> columns = golden_columns(one["records"]["columns"]);
            const bool odd = query.find("arrow") != std::string::npos ||
                             query.find("upsertid") != std::string::npos ||
                             file.find("upload-zlib") != std::string::npos;
            if (odd || !all_plain(columns)) continue;
            const bool upload = one["method"] == "PUT";
            const nlohmann::json& from = upload ? one : one["response"];
            const std::string side = from["body_hex"];
            bool compressed = false;
            const auto note = [&](const std::string& name) {
                compressed |= name == "Content-Encoding" || name == "content-encoding";
            };
            if (upload) {
                for (const auto& header : one["headers"]) note(header[0]);
            } else {
                for (const auto& header : one["response"]["headers"].items()) note(header.key());
            }
            if (compressed) continue;
            EXPECT_EQ(decode_golden(columns, from_hex(side)), one["records"]["rows"])
                << file << " " << one["seq"];
            ++checked;
        }
    }
    EXPECT_GT(checked, 20u);
}

}  // namespace
}  // namespace millrace::maxcompute
