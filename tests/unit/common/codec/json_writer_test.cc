#include "common/codec/json_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

namespace millrace {
namespace {

std::string json_of(std::string_view text) {
    // An exact copy on the heap, so that a sanitizer sees every read beside the text.
    std::unique_ptr<char[]> exact(new char[text.size()]);
    std::copy(text.begin(), text.end(), exact.get());
    Buffer out;
    append_json_string(out, {exact.get(), text.size()});
    return std::string(out.view());
}

TEST(JsonWriter, EscapesWhatJsonAsksFor) {
    EXPECT_EQ(json_of(""), "\"\"");
    EXPECT_EQ(json_of("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(json_of("\b\f\n\r\t"), R"("\b\f\n\r\t")");
    EXPECT_EQ(json_of(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
}

TEST(JsonWriter, EveryByteAtEveryPlaceOfABlockReadsBack) {
    for (size_t size = 1; size <= 50; ++size) {
        for (size_t at = 0; at < size; ++at) {
            for (const char byte : {'\n', '"', '\\', '\x01', 'z', '\x1f', ' ', '\x7f'}) {
                std::string text(size, 'a');
                text[at] = byte;
                EXPECT_EQ(nlohmann::json::parse(json_of(text)).get<std::string>(), text);
            }
        }
    }
}

TEST(JsonWriter, SaysWhetherAHighByteWasSeen) {
    for (size_t size = 1; size <= 40; ++size) {
        Buffer out;
        EXPECT_FALSE(append_json_string(out, std::string(size, 'a')));
        for (size_t at = 0; at < size; ++at) {
            std::string text(size, 'a');
            text[at] = '\x80';
            EXPECT_TRUE(append_json_string(out, text)) << size << " " << at;
        }
    }
}

RC_GTEST_PROP(JsonWriterProperty, AsciiTextReadsBack, (std::string text)) {
    for (char& c : text) c = static_cast<char>(c & 0x7f);
    RC_ASSERT(nlohmann::json::parse(json_of(text)).get<std::string>() == text);
}

TEST(JsonWriter, Numbers) {
    Buffer out;
    append_json_integer(out, std::numeric_limits<int64_t>::min());
    out.append(" ");
    append_json_integer(out, std::numeric_limits<uint64_t>::max());
    out.append(" ");
    append_json_double(out, 0.1);
    out.append(" ");
    append_json_double(out, 1e300);
    EXPECT_EQ(out.view(), "-9223372036854775808 18446744073709551615 0.1 1e+300");
}

RC_GTEST_PROP(JsonWriterProperty, DoublesReadBack, (double value)) {
    Buffer out;
    append_json_double(out, value);
    RC_ASSERT(std::strtod(std::string(out.view()).c_str(), nullptr) == value);
}

}  // namespace
}  // namespace millrace
