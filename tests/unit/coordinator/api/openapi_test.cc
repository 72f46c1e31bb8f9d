// proto/openapi.json and the code say the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "coordinator/api/messages.h"
#include "coordinator/api/routes.h"

namespace millrace::api {
namespace {

using nlohmann::json;

json document() {
    std::ifstream file(std::string(MILLRACE_SOURCE_DIR) + "/proto/openapi.json");
    return json::parse(file);
}

TEST(OpenapiTest, HasEveryRouteAndNoOther) {
    std::set<std::string> in_code, in_document;
    for (const Route& route : routes()) {
        std::string method(route.method);
        for (char& c : method) c = static_cast<char>(c | 0x20);
        EXPECT_TRUE(in_code.insert(method + " " + std::string(route.path)).second);
    }
    const json all = document();
    for (const auto& [path, methods] : all["paths"].items()) {
        for (const auto& [method, what] : methods.items()) in_document.insert(method + " " + path);
    }
    EXPECT_EQ(in_code, in_document);
}

TEST(OpenapiTest, SaysOfEveryRouteWhetherItTakesABody) {
    const json all = document();
    for (const Route& route : routes()) {
        std::string method(route.method);
        for (char& c : method) c = static_cast<char>(c | 0x20);
        const json& what = all["paths"][std::string(route.path)][method];
        EXPECT_EQ(what.contains("requestBody"), route.takes != Route::Takes::kNothing)
            << route.path;
        if (!what.contains("requestBody")) continue;
        EXPECT_EQ(what["requestBody"].value("required", false), route.takes == Route::Takes::kBody)
            << route.path;
    }
}

json example_of(const json& all, const std::string& path, const std::string& method) {
    return all["paths"][path][method]["requestBody"]["content"]["application/json"]["example"];
}

std::set<std::string> members(const json& schema) {
    std::set<std::string> names;
    for (const auto& [name, what] : schema["properties"].items()) names.insert(name);
    return names;
}

std::set<std::string> keys(const json& object) {
    std::set<std::string> names;
    for (const auto& [name, what] : object.items()) names.insert(name);
    return names;
}

TEST(OpenapiTest, ItsExamplesOfRequestsAreTaken) {
    const json all = document();
    EXPECT_TRUE(read_submission(example_of(all, "/api/v1/runs", "post")).ok());
    EXPECT_TRUE(read_replay(example_of(all, "/api/v1/replays", "post")).ok());
    EXPECT_TRUE(read_limits(example_of(all, "/api/v1/runs/{run}", "patch")).ok());
    EXPECT_TRUE(read_rerun(example_of(all, "/api/v1/runs/{run}/rerun", "post")).ok());
}

TEST(OpenapiTest, ItsSchemasHaveTheMembersThatTheCodeWrites) {
    const json schemas = document()["components"]["schemas"];
    Submission submission;
    submission.sources = submission.name = submission.label = "x";
    submission.dirty_records_max = 1;
    EXPECT_EQ(keys(to_json(submission)), members(schemas["Submission"]));
    EXPECT_EQ(keys(to_json(LimitChange{1.0, 1})), members(schemas["Limits"]));
    EXPECT_EQ(keys(to_json(RerunRequest{1})), members(schemas["Rerun"]));
    EXPECT_EQ(keys(to_json(Submitted())), members(schemas["Submitted"]));
    EXPECT_EQ(keys(to_json(LogPage())), members(schemas["LogPage"]));
    ReplayRequest replay;
    replay.task = TaskId("t");
    replay.run = RunId("r");
    EXPECT_EQ(keys(to_json(replay)), members(schemas["Replay"]));
}

}  // namespace
}  // namespace millrace::api
