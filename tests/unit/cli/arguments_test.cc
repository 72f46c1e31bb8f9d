#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

struct Spelling {
    const char* name;
    std::vector<std::string> given;
    std::string variables;  // "a=1;b=2"
    std::string rest;       // with blanks between
    size_t notes = 0;
};

class SpellingTest : public testing::TestWithParam<Spelling> {};

TEST_P(SpellingTest, IsRead) {
    const Result<Arguments> read = read_arguments(GetParam().given);
    ASSERT_TRUE(read.ok());
    std::string variables, rest;
    for (const Variable& variable : read->variables) {
        variables += (variables.empty() ? "" : ";") + variable.name + "=" + variable.value;
    }
    for (const std::string& argument : read->rest) rest += (rest.empty() ? "" : " ") + argument;
    EXPECT_EQ(variables, GetParam().variables);
    EXPECT_EQ(rest, GetParam().rest);
    EXPECT_EQ(read->notes.size(), GetParam().notes);
}

INSTANTIATE_TEST_SUITE_P(
    All, SpellingTest,
    testing::Values(Spelling{"Joined", {"run", "-Da=1", "job"}, "a=1", "run job"},
                    Spelling{"Apart", {"run", "-D", "a=1", "job"}, "a=1", "run job"},
                    Spelling{"BlankBeforeEquals",
                             {"run", "-D", "start_time", "=1", "-D", "end_time", "=2", "job"},
                             "start_time=1;end_time=2",
                             "run job"},
                    Spelling{"JoinedWithBlank", {"-Da", "=1"}, "a=1", ""},
                    Spelling{"EqualsInValue", {"-Da=b=c"}, "a=b=c", ""},
                    Spelling{"EmptyValue", {"-Da="}, "a=", ""},
                    Spelling{"DottedName",
                             {"-D", "bdp.system.bizdate=20180115"},
                             "bdp.system.bizdate=20180115",
                             ""},
                    Spelling{"DataxParameters", {"-p", "-Da=1 -Db=2", "job"}, "a=1;b=2", "job"},
                    Spelling{"DataxParametersJoined", {"-p-Da=1"}, "a=1", ""},
                    Spelling{"DataxParametersOther", {"-p", "-Xmx1g -Da=1"}, "a=1", "", 1},
                    Spelling{"JavaOptions", {"-j-Xms4g -Xmx4g", "job"}, "", "job", 1},
                    Spelling{"JavaOptionsApart", {"-j", "-Xms4g", "job"}, "", "job", 1},
                    Spelling{"DataxOptions",
                             {"--jobid", "1", "-m", "standalone", "--loglevel=info", "job"},
                             "",
                             "job",
                             3},
                    Spelling{"AfterDoubleDash", {"lint", "--", "-Djob"}, "", "lint -- -Djob"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ArgumentsTest, VariablesWithoutNameOrValueAreRefused) {
    const std::vector<std::vector<std::string>> wrong = {
        {"-D"}, {"-D", "a"}, {"-D", "a", "job"}, {"-D=1"}, {"-D", "a b=1"}, {"-p", "-Da"}};
    for (const auto& given : wrong) EXPECT_EQ(read_arguments(given).status().code(), Code::kConfig);
}

}  // namespace
}  // namespace millrace::cli
