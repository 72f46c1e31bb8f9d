// A stream into MaxCompute, while its upload sessions end.
#include <gtest/gtest.h>

#include "common/services/maxcompute/client.h"
#include "tests/unit/support/changing_table.h"
#include "tests/unit/support/one_process.h"

namespace millrace {
namespace {

using nlohmann::json;

constexpr int64_t kMinute = 60'000;

class OdpsTargetJob : public OneProcess {
  protected:
    OdpsTargetJob() {
        add_changing_table(database_, began_);
        const auto made = client_.run_sql("create table t (pk string, c0 string, c1 string)");
        EXPECT_TRUE(made.ok()) << made.status().text();
        items_may_fail_ = true;
    }
    JobSpec job() const {
        json reader = at_ots();
        reader.update({{"dataTable", "t"},
                       {"statusTable", "status"},
                       {"startTimestampMillis", began_ - 180 * kMinute},
                       {"endTimestampMillis", began_ - 40 * kMinute},
                       {"mode", "single_version_and_update_only"},
                       {"column", {{{"name", "pk"}}, {{"name", "c0"}}, {{"name", "c1"}}}}});
        json writer = at_odps();
        writer.update({{"table", "t"},
                       {"truncate", true},
                       {"blockBytes", 65536},
                       {"column", {"pk", "c0", "c1"}}});
        return parsed({{"name", "otsstreamreader"}, {"parameter", reader}},
                      {{"name", "odpswriter"}, {"parameter", writer}});
    }
    void end_sessions(const std::string& how) {
        json answer;
        odps_->administer("POST /odps/sessions", {{"uploads", how}}, answer);
    }
    static bool is_block(const HttpRequest& request) {
        return request.method == Method::kPut && request.url.find("blockid=") != std::string::npos;
    }
    static bool looks_at_session(const HttpRequest& request) {
        return request.method == Method::kGet && request.url.find("uploadid=") != std::string::npos;
    }
    static bool makes_session(const HttpRequest& request) {
        return request.method == Method::kPost && request.url.find("uploads") != std::string::npos;
    }
    // What the table shows is what the receipt says.
    void expect_rows() {
        const auto shown = client_.create_download({"t", {}});
        ASSERT_TRUE(shown.ok()) << shown.status().text();
        const json counts = receipt().at("counts");
        EXPECT_EQ(shown->rows, counts.at("rows"));
        EXPECT_GT(counts.at("read"), 600);
    }

    maxcompute::Client client_{context_, odps_config()};
};

class OdpsSessionEnd : public OdpsTargetJob, public ::testing::WithParamInterface<const char*> {};

TEST_P(OdpsSessionEnd, ASessionThatEndsUnderItsItemsIsMadeAnew) {
    int blocks = 0;
    on_request_ = [&](const HttpRequest& request) {
        if (is_block(request) && ++blocks == 3) end_sessions(GetParam());
    };
    const Status status = process(job());
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_GT(blocks, 3);
    expect_rows();
    EXPECT_NE(receipt().at("notes").dump().find("staged work was lost"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(How, OdpsSessionEnd, ::testing::Values("expired", "canceled", "gone"));

// Not for ever: what ends again and again does not end by chance.
TEST_F(OdpsTargetJob, SessionsThatAlwaysEndFailTheRun) {
    on_request_ = [&](const HttpRequest& request) {
        if (is_block(request)) end_sessions("expired");
    };
    const Status status = process(job());
    EXPECT_EQ(status.code(), Code::kFatal);
    EXPECT_NE(status.text().find("4 times"), std::string::npos) << status.text();
}

// A worker elsewhere need not wait for the coordinator: the items of a run that goes on are due
// before its session was looked at, and while the next one is made.
class OdpsRerun : public OdpsTargetJob, public ::testing::WithParamInterface<bool> {
  protected:
    // A run that has failed, none of whose blocks was acknowledged, in a session that has ended.
    void fail_run() {
        on_request_ = [&](const HttpRequest& request) {
            if (is_block(request)) crash_.after(0);
        };
        ASSERT_FALSE(process(job()).ok());
        ASSERT_TRUE(crash_.dead());
        crash_.never();
        on_request_ = {};
        ASSERT_TRUE(store_.void_claims().ok());
        work_.waiting.clear();
        events_.waiting.clear();
        ASSERT_TRUE(store_.close_instance(last_, InstanceState::kFailed, "its process died").ok());
        end_sessions("expired");
    }
};

TEST_P(OdpsRerun, AnItemThatIsBegunEarlyFailsNoRun) {
    ASSERT_NO_FATAL_FAILURE(fail_run());
    const bool late = GetParam();
    bool worked = false;
    on_request_ = [&](const HttpRequest& request) {
        const bool now = late ? makes_session(request) : looks_at_session(request);
        if (!now || std::exchange(worked, true)) return;
        work_one();
        // Late it finds no session.
        EXPECT_EQ(store_.items(last_)->front().state,
                  late ? ItemState::kReady : ItemState::kParked);
    };
    const Status status = process(job());
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_TRUE(worked);
    expect_rows();
}

INSTANTIATE_TEST_SUITE_P(When, OdpsRerun, ::testing::Bool());

}  // namespace
}  // namespace millrace
