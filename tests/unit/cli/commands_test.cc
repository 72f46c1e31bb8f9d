#include "cli/commands.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command_line.h"
#include "common/base/fakes/fake_clock.h"
#include "tests/unit/common/config/job_text.h"

namespace millrace::cli {
namespace {

class CommandsTest : public testing::Test {
  protected:
    CommandsTest() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ =
            std::filesystem::path(testing::TempDir()) / (std::string("millrace-") + test->name());
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }
    ~CommandsTest() override { std::filesystem::remove_all(folder_); }

    std::string file(const std::string& name, const std::string& content) {
        const std::string path = (folder_ / name).string();
        EXPECT_TRUE(files_.write_atomically(path, content).ok());
        return path;
    }
    std::string content(const std::string& path) { return *files_.read(path); }

    Options job_options(const std::string& script) {
        Options options;
        options.job = file("job.json", script);
        options.sources = file("sources.json", test_sources().text);
        options.variables = {{"start_time", "20171107143000"}, {"end_time", "20171107144000"}};
        return options;
    }

    std::filesystem::path folder_;
    PosixFileSystem files_;
    FakeClock clock_;
    std::ostringstream out_, err_;
    Surroundings world_{files_, clock_, test_environment, out_, err_};
};

TEST_F(CommandsTest, LintOfAGoodJobSaysSo) {
    EXPECT_EQ(run_lint(job_options(oss_script()), world_), kExitDone);
    EXPECT_NE(out_.str().find("job.json: 0 errors, 0 warnings, 0 notes\n"), std::string::npos)
        << out_.str();
}

TEST_F(CommandsTest, AWorkerSaysWhatItsConfigurationLacks) {
    Options options;
    options.config = (folder_ / "none.json").string();
    EXPECT_EQ(run_worker(options, world_), kExitUsage);
    EXPECT_NE(err_.str().find("none.json"), std::string::npos) << err_.str();
    options.config = file("millrace.json", "{\"clustre\": \"x\"}");
    EXPECT_EQ(run_worker(options, world_), kExitUsage);
    EXPECT_NE(err_.str().find("clustre"), std::string::npos) << err_.str();
}

TEST_F(CommandsTest, LintOfABadJobNamesThePlaceAndExitsWithTwo) {
    const Options options = job_options(replaced(oss_script(), "\"csv\"", "\"orc\""));
    EXPECT_EQ(run_lint(options, world_), kExitUsage);
    EXPECT_NE(out_.str().find(options.job + ":29:23: error: "), std::string::npos) << out_.str();
}

TEST_F(CommandsTest, LintForMachines) {
    Options options = job_options(replaced(oss_script(), "30", "\"30\""));
    options.json = true;
    EXPECT_EQ(run_lint(options, world_), kExitDone);
    const auto result = nlohmann::json::parse(out_.str());
    EXPECT_EQ(result["errors"], 0);
    EXPECT_EQ(result["notes"], 1);
    EXPECT_EQ(result["findings"][0]["code"], "text-as-value");
    EXPECT_EQ(result["findings"][0]["line"], 20);
}

TEST_F(CommandsTest, LintOfAMissingFileExitsWithTwo) {
    Options options;
    options.job = (folder_ / "none.json").string();
    EXPECT_EQ(run_lint(options, world_), kExitUsage);
    EXPECT_NE(err_.str().find("none.json"), std::string::npos);
}

TEST_F(CommandsTest, FmtShowsNoSecretsButWritesThemIntoFiles) {
    Options options;
    options.job = file("job.json", search_script());
    EXPECT_EQ(run_fmt(options, world_), kExitDone);
    EXPECT_EQ(out_.str().find("canary"), std::string::npos);
    EXPECT_NE(out_.str().find("\"accessKey\": \"***\""), std::string::npos);
    options.output = (folder_ / "tidy.json").string();
    EXPECT_EQ(run_fmt(options, world_), kExitDone);
    EXPECT_NE(content(options.output).find("\"canary-ots-key\""), std::string::npos);
    options.output.clear();
    options.in_place = true;
    EXPECT_EQ(run_fmt(options, world_), kExitDone);
    EXPECT_EQ(content(options.job), content((folder_ / "tidy.json").string()));
}

TEST_F(CommandsTest, FmtOfABrokenScriptChangesNothing) {
    Options options;
    options.job = file("job.json", "{\"a\": 1 \"b\": 2}");
    options.in_place = true;
    EXPECT_EQ(run_fmt(options, world_), kExitUsage);
    EXPECT_EQ(content(options.job), "{\"a\": 1 \"b\": 2}");
    EXPECT_NE(err_.str().find("missing-comma"), std::string::npos);
}

TEST_F(CommandsTest, EveryTemplateIsAGoodJob) {
    std::vector<Options> pairs;
    for (const Plugin& reader : all_plugins()) {
        for (const Plugin& writer : all_plugins()) {
            if (reader.side != Side::kReader || writer.side != Side::kWriter) continue;
            if (!reader.built || !writer.built) continue;
            pairs.emplace_back();
            pairs.back().reader = reader.name;
            pairs.back().writer = writer.name;
        }
    }
    for (const Options& options : pairs) {
        out_.str("");
        ASSERT_EQ(run_template(options, world_), kExitDone) << err_.str();
        Options lint = job_options(out_.str());
        lint.sources = file("sources.json", R"({
            "my_tablestore": {"type": "ots", "endpoint": "http://a", "instance": "i", "accessId": "x", "accessKey": "y"},
            "my_oss": {"type": "oss", "endpoint": "http://a", "bucket": "b", "accessId": "x", "accessKey": "y"},
            "my_maxcompute": {"type": "odps", "endpoint": "http://a", "project": "p", "accessId": "x", "accessKey": "y"},
            "my_opensearch": {"type": "opensearch", "host": "http://a", "accessId": "x", "accessKey": "y"},
            "my_elasticsearch": {"type": "elasticsearch", "endpoint": "http://a"}})");
        EXPECT_EQ(run_lint(lint, world_), kExitDone) << out_.str();
        EXPECT_NE(out_.str().find("job.json: 0 errors, 0 warnings, "), std::string::npos)
            << options.reader << " to " << options.writer << ":\n"
            << out_.str();
    }
}

TEST_F(CommandsTest, TemplateOfAnUnknownPluginExitsWithTwo) {
    Options options;
    options.reader = "otsstrem";
    options.writer = "odsp";
    EXPECT_EQ(run_template(options, world_), kExitUsage);
    EXPECT_NE(err_.str().find("did you mean \"otsstream\"?"), std::string::npos) << err_.str();
    EXPECT_NE(err_.str().find("did you mean \"odps\"?"), std::string::npos) << err_.str();
}

class CommandLineTest : public testing::Test {
  protected:
    std::optional<Options> read(const std::vector<std::string>& arguments) {
        out_.str("");
        err_.str("");
        return read_command_line(arguments, out_, err_, exit_code_);
    }
    std::ostringstream out_, err_;
    int exit_code_ = -1;
};

TEST_F(CommandLineTest, AllOptionsOfRun) {
    const auto options = read({"run", "-j-Xmx4g", "job.json", "-Da=1", "--sources", "s.json",
                               "--state", "/tmp/s", "--name", "n", "--replay", "--errorLimit", "5",
                               "--accept-loss", "--json", "--next", "--from", "earliest"});
    ASSERT_TRUE(options) << err_.str();
    EXPECT_EQ(options->command, "run");
    EXPECT_EQ(options->job, "job.json");
    EXPECT_EQ(options->variables[0].value, "1");
    EXPECT_EQ(options->sources, "s.json");
    EXPECT_EQ(options->state, "/tmp/s");
    EXPECT_EQ(options->name, "n");
    EXPECT_EQ(options->error_limit, 5u);
    EXPECT_EQ(options->from, "earliest");
    EXPECT_TRUE(options->replay && options->accept_loss && options->json && options->next);
    EXPECT_EQ(options->notes.size(), 1u);
}

TEST_F(CommandLineTest, AWorkerTakesSlotsAndLabels) {
    const auto options = read(
        {"worker", "--config", "c.json", "--slots", "8", "--label", "north", "--label", "south"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->config, "c.json");
    EXPECT_EQ(options->slots, 8);
    EXPECT_EQ(options->labels, (std::vector<std::string>{"north", "south"}));
}

TEST_F(CommandLineTest, MistakesExitWithTwo) {
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {"lnt", "job"},
        {"lint"},
        {"lint", "a", "b"},
        {"lint", "a", "--jsn"},
        {"run", "a", "--errorLimit", "x"},
        {"run", "a", "--errorLimit", "-1"},
        {"run", "a", "--whole-partition"},
        {"run", "a", "--replay", "--whole-partition", "--next"},
        {"template", "otsstream"},
        {"--nothing"},
        {"lint", "a", "-D"},
        {"worker"},
        {"worker", "--config", "c", "--slots", "0"}};
    for (const auto& arguments : wrong) {
        EXPECT_FALSE(read(arguments));
        EXPECT_EQ(exit_code_, kExitUsage);
        EXPECT_NE(err_.str(), "");
        EXPECT_EQ(out_.str(), "");
    }
}

TEST_F(CommandLineTest, AMistypedCommandIsGuessed) {
    read({"lnt", "job.json"});
    EXPECT_EQ(err_.str(), "millrace: there is no command \"lnt\"; did you mean \"lint\"?\n");
}

// Every help fits a screen and ends with an example, which is a line that can be read.
TEST_F(CommandLineTest, HelpEndsWithAnExampleThatIsRead) {
    for (const std::string command :
         {"", "run", "plan", "check", "lint", "fmt", "template", "version", "submit", "ps", "show",
          "logs", "pause", "resume", "cancel", "rerun", "replay", "set", "worker"}) {
        std::vector<std::string> arguments = {"--help"};
        if (!command.empty()) arguments.insert(arguments.begin(), command);
        EXPECT_FALSE(read(arguments));
        EXPECT_EQ(exit_code_, kExitDone) << command;
        const std::string help = out_.str();
        EXPECT_LE(std::count(help.begin(), help.end(), '\n'), command.empty() ? 32 : 24) << help;
        const size_t example = help.find("Example:\n  millrace ");
        ASSERT_NE(example, std::string::npos) << help;
        std::istringstream words(help.substr(example + 20));
        std::vector<std::string> line;
        for (std::string word; words >> word && word != ">";) line.push_back(word);
        EXPECT_TRUE(read(line)) << command << err_.str();
    }
}

}  // namespace
}  // namespace millrace::cli
