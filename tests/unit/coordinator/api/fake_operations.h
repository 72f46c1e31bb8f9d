// Operations that note what they were asked and answer what the test says.
#pragma once

#include <mutex>
#include <stdexcept>

#include "coordinator/api/operations.h"

namespace millrace {

struct FakeOperations final : Operations {
    std::mutex mutex;
    std::vector<std::string> asked;  // "pause r1"
    Submission submission;
    ReplayRequest replayed;
    LimitChange change;
    std::optional<uint64_t> dirty_records_max;
    Status fails;         // every operation
    bool throws = false;  // cluster()
    Submitted submitted{RunId("8f14e45fceea167a"), false, {"3 shards"}};
    LogPage page{{"one", "two"}, 2, true};
    nlohmann::json list = {{"runs", nlohmann::json::array()}};
    nlohmann::json windows = {{"windows", nlohmann::json::array()}};
    nlohmann::json one = {{"run", "r1"}, {"task", "t1"}, {"state", "RUNNING"}, {"items", {}}};

    template <typename T>
    Result<T> answer(const std::string& what, T value) {
        const std::lock_guard lock(mutex);
        asked.push_back(what);
        if (!fails.ok()) return fails;
        return value;
    }
    Status done(const std::string& what) { return answer(what, true).status(); }

    Result<Submitted> submit(const Submission& given) override {
        submission = given;
        return answer("submit", submitted);
    }
    Result<nlohmann::json> runs(size_t max, bool active_only) override {
        return answer("runs " + std::to_string(max) + (active_only ? " active" : ""), list);
    }
    Result<nlohmann::json> run(const RunId& run) override {
        return answer("run " + run.text(), one);
    }
    Result<LogPage> log(const RunId& run, uint64_t after, size_t max) override {
        return answer("log " + run.text() + " " + std::to_string(after) + " " + std::to_string(max),
                      after < page.next ? page : LogPage{{}, after, page.ended});
    }
    Status pause(const RunId& run) override { return done("pause " + run.text()); }
    Status resume(const RunId& run) override { return done("resume " + run.text()); }
    Status cancel(const RunId& run) override { return done("cancel " + run.text()); }
    Status rerun(const RunId& run, std::optional<uint64_t> max) override {
        dirty_records_max = max;
        return done("rerun " + run.text());
    }
    Status set(const RunId& run, const LimitChange& given) override {
        change = given;
        return done("set " + run.text());
    }
    Result<nlohmann::json> replay(const ReplayRequest& request) override {
        replayed = request;
        return answer("replay", windows);
    }
    Result<nlohmann::json> cluster() override {
        if (throws) throw std::runtime_error("canary");
        return answer("cluster",
                      nlohmann::json{{"role", "active"}, {"workers", nlohmann::json::array()}});
    }
    Status ready() override { return fails; }
};

}  // namespace millrace
