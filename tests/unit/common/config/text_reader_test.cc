#include "common/config/text_reader.h"

#include <gtest/gtest.h>

#include "common/config/job_spec.h"
#include "common/config/parameter_values.h"

namespace millrace {
namespace {

struct Oddity {
    const char* name;
    const char* text;
    const char* tree;      // JSON of what is read; "" = not looked at
    const char* findings;  // "line:column severity code", one per line
};

std::string told(const Findings& findings) {
    static constexpr const char* kNames[] = {"note", "warning", "error"};
    std::string text;
    for (const Finding& finding : findings.sorted()) {
        text += std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " +
                kNames[static_cast<int>(finding.severity)] + " " + finding.code + "\n";
    }
    return text;
}

class OddityTest : public testing::TestWithParam<Oddity> {};

TEST_P(OddityTest, IsReadAsTheTableSays) {
    Findings findings("job");
    const Node root = read_text(GetParam().text, findings);
    EXPECT_EQ(told(findings), GetParam().findings);
    if (*GetParam().tree) {
        EXPECT_EQ(to_json(root).dump(), GetParam().tree);
    }
}

constexpr Oddity kTolerated[] = {
    {"HashComment", "{\"a\": 1, # x\n # # y\n\"b\": 2}", R"({"a":1,"b":2})", ""},
    {"SlashComment", "{\"a\": 7//x\n,\"b\":/* y\n z */2}", R"({"a":7,"b":2})", ""},
    {"CommentMarksInsideText", "{\"a\": \"http://x/#y/*z*/\"}", R"({"a":"http://x/#y/*z*/"})", ""},
    {"TrailingCommas", "{\"a\": [1, 2,], \"b\": {\"c\": 1,},}", R"({"a":[1,2],"b":{"c":1}})", ""},
    {"ByteOrderMarkAndWideBlanks", "\xEF\xBB\xBF{\"a\":\xC2\xA0\xE3\x80\x80 1}", R"({"a":1})", ""},
    {"Escapes", R"({"a": "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"})",
     "{\"a\":\"\\\"\\\\/\\b\\f\\n\\r\\té😀\"}", ""},
    {"Numbers", R"({"a": [0, -1, 1.5, 1e3, 9007199254740993]})",
     R"({"a":[0,-1,1.5,1000.0,9007199254740993]})", ""},
    {"Words", R"({"a": [true, false, null]})", R"({"a":[true,false,null]})", ""},
    {"BareVariables", "{\"a\": ${x}, \"b\": $[yyyymmdd-1]}",
     R"json({"a":"${x}","b":"$[yyyymmdd-1]"})json", ""},
    {"WindowsLineEnds", "{\"a\": 1,\r\n\"b\": 2\r\n}\r\n", R"({"a":1,"b":2})", ""},
};
constexpr Oddity kRepaired[] = {
    {"BlankInKey", "{\n \" a \": 1}", R"({"a":1})", "2:2 note blank-in-key\n"},
    {"CurlyQuotes", "{“a”: true}", R"({"a":true})", "1:2 note curly-quote\n"},
    {"StrayQuoteBeforeComma", "{\"a\": \"x\"\", \"b\": 1}", R"({"a":"x","b":1})",
     "1:10 note stray-quote\n"},
    {"StrayQuoteBeforeLineEnd", "{\"a\": \"x\"\"\n}", R"({"a":"x"})", "1:10 note stray-quote\n"},
    {"StrayQuoteAfterEmptyText", "{\"a\": \"\"\",\"b\": 1}", R"({"a":"","b":1})",
     "1:9 note stray-quote\n"},
    {"WordsAfterComma", "{\"a\": 1,  导入:end_time\n\"b\": 2}", R"({"a":1,"b":2})",
     "1:11 note text-after-comma\n"},
    {"StrayQuoteAndWordsAfterComma", "{\"a\": \"x\"\",  导入\n\"b\": 2}", R"({"a":"x","b":2})",
     "1:10 note stray-quote\n1:14 note text-after-comma\n"},
    {"EnglishWordsAfterComma", "{\"a\": 1, the start\n\"b\": 2}", R"({"a":1,"b":2})",
     "1:10 note text-after-comma\n"},
    {"WordsAfterCommaInList", "{\"a\": [1, one\n2]}", R"({"a":[1,2]})",
     "1:11 note text-after-comma\n"},
    {"DoubleComma", "{\"a\": 1,,\"b\": 2}", R"({"a":1,"b":2})", "1:9 note extra-comma\n"},
};
constexpr Oddity kErrors[] = {
    {"Empty", " \n", "", "2:1 error empty\n"},
    {"NotAMap", "[1]", "", "1:1 error not-a-map\n"},
    {"MissingOuterBraces", "\n \"job\": {\"a\": 1}\n", R"({"job":{"a":1}})",
     "2:2 error missing-braces\n"},
    {"MissingCommaBetweenMembers", "{\"a\": 1\n\"b\": 2}", R"({"a":1,"b":2})",
     "1:8 error missing-comma\n"},
    {"MissingCommaBetweenItems", "{\"a\": [{} {}]}", R"({"a":[{},{}]})",
     "1:10 error missing-comma\n"},
    {"OpenMap", "{\"a\": {\"b\": 1\n}", R"({"a":{"b":1}})", "2:2 error unbalanced\n"},
    {"OpenList", "{\"a\": [1, 2\n}", R"({"a":[1,2]})", "2:1 error unbalanced\n"},
    {"ExtraCloser", "{\"a\": 1}}", R"({"a":1})", "1:9 error text-after-end\n"},
    {"StrayCloser", "{\"a\": 1]}", R"({"a":1})", "1:8 error unbalanced\n"},
    {"DuplicateKey", "{\"a\": 1,\n \"a \": 2}", R"({"a":1})",
     "2:2 note blank-in-key\n2:2 error duplicate-key\n"},
    {"MissingColon", "{\"a\" 1}", R"({"a":1})", "1:6 error missing-colon\n"},
    {"WideColonAndComma", "{\"a\"：1，\"b\": 2}", R"({"a":1,"b":2})",
     "1:5 error wide-colon\n1:7 error wide-comma\n"},
    {"MissingValue", "{\"a\": , \"b\":}", R"({"a":null,"b":null})",
     "1:7 error no-value\n1:13 error no-value\n"},
    {"UnquotedKey", "{a: 1,\n\"b\": 2}", R"({"b":2})", "1:2 error no-key\n"},
    {"UnquotedKeyAfterComma", "{\"b\": 2, a: 1}", "", "1:10 error no-key\n1:15 error unbalanced\n"},
    {"UnquotedValue", "{\"a\": yes}", "", "1:7 error unquoted-value\n"},
    {"WordInCapitals", "{\"a\": True}", "", "1:7 error unquoted-value\n"},
    {"BadNumber", "{\"a\": 01, \"b\": .5}", "",
     "1:7 error unquoted-value\n1:16 error unquoted-value\n"},
    {"SingleQuotes", "{\"a\": 'x',\n\"b\": 1}", "",
     "1:7 error single-quote\n1:11 error missing-comma\n"},
    {"OpenText", "{\"a\": \"x,\n\"b\": 1}", "", "1:7 error open-text\n1:10 error missing-comma\n"},
    {"OpenComment", "{\"a\": 1 /* x }", "", "1:9 error open-comment\n1:15 error unbalanced\n"},
    {"BadEscape", R"({"a": "\x"})", "", "1:8 error bad-escape\n"},
    {"HalfSurrogate", R"({"a": "\ud83d"})", "", "1:8 error bad-escape\n"},
    {"NotUtf8", "{\"a\": \"\xFF\"\n}", "", "1:8 error not-utf8\n"},
    {"WordsWithoutComma", "{\"a\": 1 words\n, \"b\": 2}", "",
     "1:9 error unexpected-text\n2:1 note extra-comma\n"},
};
std::string oddity_name(const testing::TestParamInfo<Oddity>& info) {
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(Tolerated, OddityTest, testing::ValuesIn(kTolerated), oddity_name);
INSTANTIATE_TEST_SUITE_P(Repaired, OddityTest, testing::ValuesIn(kRepaired), oddity_name);
INSTANTIATE_TEST_SUITE_P(Errors, OddityTest, testing::ValuesIn(kErrors), oddity_name);

TEST(TextReaderTest, ColumnsCountCharacters) {
    Findings findings("job");
    const Node root = read_text("{\"键\": 1, \"b\": {\"c\": [true]}}", findings);
    EXPECT_EQ(root.members[1].place, (Place{1, 10}));
    EXPECT_EQ(root.members[1].value.members[0].value.items[0].place, (Place{1, 22}));
}

TEST(TextReaderTest, UnbalancedErrorNamesTheOpenBracketAndTheRepair) {
    Findings findings("job");
    read_text("{\n  \"a\": [1,\n}", findings);
    ASSERT_EQ(findings.sorted().size(), 1u);
    EXPECT_EQ(to_text(findings.sorted()[0]),
              "job:3:1: error: the [ of line 2, column 8 is still open here: put ] before this "
              "[unbalanced]");
}

TEST(TextReaderTest, DeepNestingIsAnErrorAndNoCrash) {
    for (const std::string open : {"[", "{\"a\":"}) {
        std::string text = "{\"a\":";
        for (int i = 0; i < 100'000; ++i) text += open;
        Findings findings("job");
        read_text(text, findings);
        EXPECT_EQ(told(findings).find("error too-deep"), told(findings).find("error"));
    }
}

TEST(TextReaderTest, ErrorsAreBounded) {
    std::string text = "{\"a\": [";
    for (int i = 0; i < 100'000; ++i) text += "x ";
    Findings findings("job");
    read_text(text, findings);
    EXPECT_LE(findings.sorted().size(), Findings::kErrorsMax);
}

}  // namespace
}  // namespace millrace
