// The commands that ask a coordinator, against its API over FakeOperations.
#include "cli/remote.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>

#include "cli/run_text.h"
#include "cli/submission.h"
#include "cli/watch.h"
#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/memory_file_system.h"
#include "tests/unit/coordinator/api/api_fixture.h"

namespace millrace::cli {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kToken = "canary-api-token";
constexpr const char* kRun = "8f14e45fceea167a";

class RemoteTest : public api::ApiFixture {
  protected:
    RemoteTest() : ApiFixture(kToken) {
        options_.subject = kRun;
        environment_ = {{"MILLRACE_SERVER", server_->url()}, {"MILLRACE_API_TOKEN", kToken}};
        operations_.one = json::parse(R"({
            "run": "8f14e45fceea167a", "task": "t1", "identity": "school/user_info -> backup",
            "window": {"start": "2026-11-21T10:00:00.000Z", "end": "2026-11-21T10:05:00.000Z"},
            "state": "RUNNING", "created": "1970-01-01T00:00:00.000Z", "read": 12345, "rows": 12000,
            "dirty": 0, "lagSeconds": 200, "mbps": 7, "concurrent": 4, "notes": ["a note"],
            "items": [{"shard": "a1b2", "state": "WRITTEN", "holder": "", "epoch": 17, "read": 12000,
                       "rows": 12000, "attempts": 1, "position": "p", "lagSeconds": 0, "reason": ""},
                      {"shard": "c3", "state": "CLAIMED", "holder": "worker-1", "epoch": 18,
                       "read": 345, "rows": 0, "attempts": 0, "position": "q", "reason": ""}]})");
        json row = operations_.one;
        row["items"] = 2;
        row["itemsWritten"] = 1;
        operations_.list = {{"runs", {row}}};
    }

    int run(const std::string& command, int (*function)(const Options&, Surroundings&)) {
        out_.str("");
        err_.str("");
        options_.command = command;
        return function(options_, world_);
    }
    void file(const std::string& path, const std::string& text) {
        EXPECT_TRUE(files_.write_atomically(path, text).ok());
    }

    MemoryFileSystem files_;
    FakeClock fake_clock_;
    std::map<std::string, std::string, std::less<>> environment_;
    std::ostringstream out_, err_;
    Surroundings world_{files_, fake_clock_,
                        [this](std::string_view name) -> std::optional<std::string> {
                            const auto found = environment_.find(name);
                            if (found == environment_.end()) return {};
                            return found->second;
                        },
                        out_, err_};
    Options options_;
};

TEST_F(RemoteTest, PsIsATable) {
    EXPECT_EQ(run("ps", run_ps), kExitDone) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("RUN               STATE    WINDOW (UTC)"));
    EXPECT_THAT(out_.str(), HasSubstr("8f14e45fceea167a  RUNNING  2026-11-21 10:00:00 .. 10:05:00  "
                                      "[=====>    ]    1/2  12,345  12,000      0  3m20s"));
    options_.all = true;
    options_.json = true;
    EXPECT_EQ(run("ps", run_ps), kExitDone);
    EXPECT_EQ(json::parse(out_.str()), operations_.list);
    EXPECT_THAT(operations_.asked, ElementsAre("runs 200 active", "runs 200"));
    operations_.list = {{"runs", json::array()}};
    options_.json = false;
    run("ps", run_ps);
    EXPECT_EQ(out_.str(), "no runs\n");
}

TEST_F(RemoteTest, ShowTellsOfItsItemsAndWhoHoldsThem) {
    EXPECT_EQ(run("show", run_show), kExitDone) << err_.str();
    for (const std::string text :
         {"run       8f14e45fceea167a\n", "state     RUNNING\n",
          "limits    7 MB/s, 4 items at a time", "items     1/2 written\n",
          "records   12,345 read, 12,000 rows written, 0 dirty\n", "note      a note\n",
          "c3     CLAIMED  worker-1     18         0     345       0"})
        EXPECT_THAT(out_.str(), HasSubstr(text));
}

TEST_F(RemoteTest, LogsArePrintedAndFollowedToTheEnd) {
    operations_.page = {{"one", "two"}, 2, false};
    EXPECT_EQ(run("logs", run_logs), kExitDone);
    EXPECT_EQ(out_.str(), "one\ntwo\n");
    options_.follow = true;
    operations_.page.ended = true;
    EXPECT_EQ(run("logs", run_logs), kExitDone);
    EXPECT_EQ(out_.str(), "one\ntwo\n");
}

TEST_F(RemoteTest, VerbsReachTheRun) {
    EXPECT_EQ(run("pause", run_pause), kExitDone);
    EXPECT_THAT(out_.str(), HasSubstr("run 8f14e45fceea167a pauses"));
    EXPECT_EQ(run("resume", run_resume), kExitDone);
    EXPECT_EQ(run("cancel", run_cancel), kExitDone);
    options_.error_limit = 9;
    options_.json = true;
    EXPECT_EQ(run("rerun", run_rerun), kExitDone);
    EXPECT_EQ(json::parse(out_.str()), json({{"run", kRun}, {"done", true}}));
    EXPECT_EQ(operations_.dirty_records_max, 9u);
    EXPECT_THAT(operations_.asked,
                ElementsAre("pause 8f14e45fceea167a", "resume 8f14e45fceea167a",
                            "cancel 8f14e45fceea167a", "rerun 8f14e45fceea167a"));
}

TEST_F(RemoteTest, SetTakesLimits) {
    options_.changes = {"mbps=7.5", "concurrent=4"};
    EXPECT_EQ(run("set", run_set), kExitDone) << err_.str();
    EXPECT_EQ(operations_.change.bytes_per_second, 7.5 * 1'048'576);
    EXPECT_EQ(operations_.change.concurrent, 4);
    for (const std::string wrong : {"mbps", "mbps=", "mbps=x", "speed=1", "concurrent=1.5", "="}) {
        options_.changes = {wrong};
        EXPECT_EQ(run("set", run_set), kExitUsage) << wrong;
    }
    options_.changes = {"mbps=-1"};
    EXPECT_EQ(run("set", run_set), kExitUsage);
    EXPECT_THAT(err_.str(), HasSubstr("\"mbps\" must be 0 (no limit) or more"));
}

TEST_F(RemoteTest, ReplayNamesARunOrATask) {
    options_.from = "20261121180000";
    options_.to = "2026-11-21T11:00:00Z";
    options_.dry_run = options_.whole_partition = true;
    EXPECT_EQ(run("replay", run_replay), kExitDone) << err_.str();
    EXPECT_EQ(to_iso8601(operations_.replayed.range.start), "2026-11-21T10:00:00.000Z");
    EXPECT_EQ(to_iso8601(operations_.replayed.range.end), "2026-11-21T11:00:00.000Z");
    EXPECT_EQ(operations_.replayed.run.text(), kRun);
    EXPECT_TRUE(operations_.replayed.dry_run && operations_.replayed.whole_partition);
    operations_.windows["windows"] = {
        {{"window", {{"start", "a"}, {"end", "b"}}}, {"replaces", kRun}, {"partition", "pt=1"}}};
    EXPECT_EQ(run("replay", run_replay), kExitDone) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("PARTITION"));
    EXPECT_THAT(out_.str(), HasSubstr("pt=1"));
    operations_.fails = Status(Code::kNotFound, "there is no such run");
    EXPECT_EQ(run("replay", run_replay), kExitFailed);
    EXPECT_EQ(operations_.replayed.task.text(), kRun);
    options_.from = "tomorrow";
    EXPECT_EQ(run("replay", run_replay), kExitUsage);
}

TEST_F(RemoteTest, ASubmissionCarriesTheSourcesThatItsScriptNames) {
    file("/job.json", R"({"type": "job", "configuration": {"reader": {"plugin": "otsstream",
        "parameter": {"datasource": "school",}}, "writer": {"parameter": {"datasource": "backup"}}}})");
    file("/sources.json", R"({
        "school": {"type": "ots", "accessKey": "${env:OTS_KEY}"}, # a comment
        "backup": {"type": "oss", "accessKey": "plain"},
        "other": {"type": "oss", "accessKey": "${env:NOT_SET}"}})");
    environment_["OTS_KEY"] = "canary-ots-key";
    options_.job = "/job.json";
    options_.sources = "/sources.json";
    options_.variables = {{"start_time", "1"}};
    options_.label = "cn";
    options_.name = "n";
    options_.accept_loss = true;
    EXPECT_EQ(run("submit", run_submit), kExitDone) << err_.str();
    EXPECT_EQ(out_.str(), "run 8f14e45fceea167a\n");
    EXPECT_EQ(err_.str(), "note: 3 shards\n");
    const Submission& sent = operations_.submission;
    EXPECT_EQ(sent.file, "/job.json");
    EXPECT_THAT(sent.script, HasSubstr("\"datasource\": \"school\",}"));
    EXPECT_EQ(sent.variables.at(0).value, "1");
    EXPECT_EQ(sent.label + sent.name, "cnn");
    EXPECT_TRUE(sent.accept_loss && !sent.replay);
    const json sources = json::parse(sent.sources);
    EXPECT_EQ(sources["school"]["accessKey"], "canary-ots-key");
    EXPECT_EQ(sources["backup"]["accessKey"], "plain");
    EXPECT_FALSE(sources.contains("other"));
}

TEST_F(RemoteTest, AVariableInANameMayMeanAnySource) {
    file("/job.json", R"({"reader": {"parameter": {"datasource": "${which}"}}})");
    file("/sources.json", R"({"a": {"accessKey": "${env:NOT_SET}"}})");
    options_.job = "/job.json";
    options_.sources = "/sources.json";
    EXPECT_EQ(run("submit", run_submit), kExitUsage);
    EXPECT_THAT(err_.str(), HasSubstr("/sources.json:1:"));
    EXPECT_THAT(err_.str(), HasSubstr("NOT_SET"));
    EXPECT_THAT(operations_.asked, ElementsAre());
}

TEST_F(RemoteTest, ProgressIsWhatIsWrittenAndHowFarTheSlowestShardIs) {
    json run = operations_.list["runs"][0];
    const TimePoint ended = *api::read_time("end", run["window"]["end"].get<std::string>());
    EXPECT_THAT(run_line(run, ended),
                HasSubstr("[=============>      ]"));  // 100 of 300 s, half of it
    run["lagSeconds"] = 75;
    run["created"] = "2026-11-21T10:04:00.000Z";
    EXPECT_THAT(run_line(run, ended), HasSubstr("[=================>  ] 1/2 items"));
    EXPECT_THAT(run_line(run, ended), HasSubstr("ETA 8.6s"));
    run["lagSeconds"] = nullptr;
    EXPECT_THAT(run_line(run, ended), HasSubstr("[==========>         ]"));
    run["window"] = nullptr;
    EXPECT_THAT(run_line(run, ended), HasSubstr("[==========>         ]"));
}

TEST_F(RemoteTest, WatchingEndsWithTheRun) {
    operations_.one["state"] = "CLEANED";
    options_.watch = true;
    EXPECT_EQ(run("show", run_show), kExitDone);
    EXPECT_THAT(out_.str(), HasSubstr("8f14e45fceea167a CLEANED [=========="));
    operations_.one["state"] = "FAILED";
    EXPECT_EQ(run("show", run_show), kExitFailed);
    operations_.one["code"] = "dirty_record";
    EXPECT_EQ(run("show", run_show), kExitDirtyRecords);
}

TEST_F(RemoteTest, ATerminalIsDrawnOverAndOthersGetLines) {
    for (const bool terminal : {false, true}) {
        world_.terminal = terminal;
        out_.str("");
        int looks = 0;
        EXPECT_TRUE(watch(world_, [&]() -> Result<View> {
                        ++looks;
                        return View{"screen\n", "lines\n", looks == 3};
                    }).ok());
        EXPECT_EQ(out_.str(), terminal ? "\r\033[Jscreen\n\033[1A\r\033[Jscreen\n\033[1A\r\033["
                                         "Jscreen\n"
                                       : "lines\n");
    }
}

TEST_F(RemoteTest, WatchingWaitsForACoordinatorButNotForEver) {
    int looks = 0;
    const Status lost(Code::kUnreachable, "nobody there");
    EXPECT_TRUE(watch(world_, [&]() -> Result<View> {
                    if (++looks < 5) return lost;
                    return View{"", "back\n", true};
                }).ok());
    EXPECT_EQ(out_.str(), "back\n");
    EXPECT_EQ(err_.str(), "waiting: nobody there\n");
    EXPECT_EQ(watch(world_, [&]() -> Result<View> { return lost; }).code(), Code::kUnreachable);
    EXPECT_EQ(watch(world_, [&]() -> Result<View> { return fatal_error("x"); }).code(),
              Code::kFatal);
}

TEST_F(RemoteTest, WhatGoesWrongHasAnExitCodeAndAText) {
    operations_.fails = Status(Code::kNotFound, "there is no run 8f14e45fceea167a");
    EXPECT_EQ(run("show", run_show), kExitFailed);
    EXPECT_EQ(err_.str(), "millrace show: there is no run 8f14e45fceea167a\n");
    operations_.fails = Status(Code::kUnreachable, "this coordinator stands by");
    EXPECT_EQ(run("show", run_show), kExitUnreachable);
    operations_.fails = {};
    options_.subject = "../cluster";
    EXPECT_EQ(run("show", run_show), kExitUsage);
    environment_["MILLRACE_API_TOKEN"] = "canary-wrong";
    EXPECT_EQ(run("ps", run_ps), kExitUsage);
    EXPECT_THAT(err_.str(), HasSubstr("token"));
    EXPECT_THAT(err_.str(), Not(HasSubstr("canary")));
    file("/token", std::string(kToken) + "\n");
    options_.token_file = "/token";
    EXPECT_EQ(run("ps", run_ps), kExitDone);
    options_.server = "http://127.0.0.1:1";
    EXPECT_EQ(run("ps", run_ps), kExitUnreachable);
    EXPECT_THAT(err_.str(), HasSubstr("no answer from the coordinator at http://127.0.0.1:1"));
    options_.server = "nonsense://x";
    EXPECT_EQ(run("ps", run_ps), kExitUsage);
    options_.token_file = "/none";
    EXPECT_EQ(run("ps", run_ps), kExitUsage);
}

}  // namespace
}  // namespace millrace::cli
