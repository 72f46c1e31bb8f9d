#include "tests/standin/faults.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millrace::standin {
namespace {

Fault parsed(const nlohmann::json& rule) {
    const auto fault = Fault::parse(rule);
    EXPECT_TRUE(fault.ok()) << fault.status().text();
    return *fault;
}

TEST(Faults, HitTheirActionForTheNextRequestsAfterSomePassed) {
    Faults faults(1);
    faults.add(parsed({{"action", "PutRow"}, {"kind", "reset"}, {"skip", 1}, {"next", 2}}));
    EXPECT_EQ(faults.draw("ots", "GetRow").kind, FaultKind::kNone);
    EXPECT_EQ(faults.draw("ots", "PutRow").kind, FaultKind::kNone);
    EXPECT_EQ(faults.draw("ots", "PutRow").kind, FaultKind::kReset);
    EXPECT_EQ(faults.draw("ots", "PutRow").kind, FaultKind::kReset);
    EXPECT_EQ(faults.draw("ots", "PutRow").kind, FaultKind::kNone);
}

TEST(Faults, HitAShareOfTheRequests) {
    Faults faults(1);
    faults.add(
        parsed({{"kind", "status"}, {"code", 503}, {"error", "OTSServerBusy"}, {"percent", 30}}));
    int hits = 0;
    for (int i = 0; i < 1000; ++i) hits += faults.draw("ots", "any").kind == FaultKind::kStatus;
    EXPECT_GT(hits, 200);
    EXPECT_LT(hits, 400);
    faults.clear();
    EXPECT_EQ(faults.draw("ots", "any").kind, FaultKind::kNone);
    EXPECT_FALSE(Fault::parse({{"kind", "earthquake"}}).ok());
}

// Says what it was asked, so that faults around it can be seen.
class Echo final : public Service {
  public:
    std::string name() const override { return "echo"; }
    std::string action_of(const Request&) const override { return "Echo"; }
    Response handle(const Request& request) override {
        ++handled;
        Response response;
        response.set_body(request.body);
        return response;
    }
    Response failure(const Request&, int status, const std::string& code,
                     const std::string&) override {
        Response response;
        response.status = status;
        response.set_body(code);
        return response;
    }
    void add_counters(nlohmann::json&) const override {}
    void reset_counters() override {}
    int handled = 0;
};

TEST(Faults, ChangeTheAnswerButNotWhatWasApplied) {
    struct Case {
        nlohmann::json rule;
        int handled, status;
        std::string body;
        Response::End end;
    };
    const Case cases[] = {
        {{{"kind", "status"}, {"code", 503}, {"error", "Busy"}},
         0,
         503,
         "Busy",
         Response::End::kWhole},
        {{{"kind", "reset"}}, 0, 200, "", Response::End::kReset},
        {{{"kind", "drop_reply"}}, 1, 200, "abc", Response::End::kReset},
        {{{"kind", "truncate"}}, 1, 200, "abc", Response::End::kTruncated},
        {{{"kind", "flip"}}, 1, 200, "arc", Response::End::kWhole},
        {{{"kind", "flip_upload"}}, 1, 200, "arc", Response::End::kWhole},
        {{{"kind", "latency"}, {"delay_ms", 5}}, 1, 200, "abc", Response::End::kWhole},
    };
    for (const Case& item : cases) {
        Echo echo;
        Faults faults(1);
        faults.add(parsed(item.rule));
        Request request;
        request.body = "abc";
        const Response response = handle_with_faults(echo, faults, "Echo", request);
        EXPECT_EQ(echo.handled, item.handled) << item.rule;
        EXPECT_EQ(response.status, item.status) << item.rule;
        EXPECT_EQ(response.view(), item.body) << item.rule;
        EXPECT_EQ(response.end, item.end) << item.rule;
        EXPECT_EQ(response.delay.count(), item.rule.value("delay_ms", 0)) << item.rule;
    }
}

}  // namespace
}  // namespace millrace::standin
