#include "common/services/maxcompute/client.h"

#include "tests/unit/support/fake_project.h"

namespace millrace::maxcompute {
namespace {

class MaxcomputeClientTest : public FakeProjectTest {
  protected:
    std::string session(bool overwrite = false) {
        const auto made = client_.create_upload(place(), {.overwrite = overwrite});
        EXPECT_TRUE(made.ok()) << made.status().text();
        return made.ok() ? made->id : "";
    }
    // A session with one block.
    std::string loaded() {
        const std::string id = session();
        EXPECT_TRUE(client_.put_block(place(), id, 7, block({1, 2})).ok());
        return id;
    }
    static bool is_commit(const HttpRequest& request) {
        return request.method == Method::kPost &&
               request.url.find("uploadid=") != std::string::npos;
    }
    size_t commits() { return project_.count("POST commit"); }
};

TEST_F(MaxcomputeClientTest, BlocksAreVisibleAfterTheCommitOnly) {
    const std::string id = loaded();
    EXPECT_EQ(client_.upload(place(), id)->blocks, std::vector<uint32_t>{7});
    EXPECT_EQ(project_.visible_rows("pt=20261121"), 0u);
    const auto closed = client_.commit_upload(place(), id);
    ASSERT_TRUE(closed.ok()) << closed.status().text();
    EXPECT_EQ(closed->state, SessionState::kClosed);
    EXPECT_EQ(project_.visible_rows("pt=20261121"), 2u);
    EXPECT_EQ(commits(), 1u);
}

// The commit happened, its answer was lost: it is asked for, never sent again.
TEST_F(MaxcomputeClientTest, ALostAnswerOfACommitIsAskedFor) {
    const std::string id = loaded();
    project_.after = [](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        if (is_commit(request)) return Status(Code::kUnknownOutcome, "reset");
        return answer;
    };
    EXPECT_TRUE(client_.commit_upload(place(), id).ok());
    EXPECT_EQ(commits(), 1u);
}

TEST_F(MaxcomputeClientTest, ACommitThatDidNotArriveIsSentAgain) {
    const std::string id = loaded();
    int lost = 2;
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        if (!is_commit(request) || lost-- <= 0) return std::nullopt;
        return Status(Code::kUnknownOutcome, "reset");
    };
    EXPECT_TRUE(client_.commit_upload(place(), id).ok());
    EXPECT_EQ(commits(), 1u);
    EXPECT_EQ(project_.visible_rows("pt=20261121"), 2u);
}

TEST_F(MaxcomputeClientTest, ACommitOnItsWayIsWaitedFor) {
    const std::string id = loaded();
    int asked = 0;
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        auto& state = project_.sessions[id].state;
        if (is_commit(request)) {
            state = "committing";
            return FakeProject::error(500, "InternalServerError");
        }
        if (++asked == 3) state = "closed";
        return std::nullopt;
    };
    EXPECT_TRUE(client_.commit_upload(place(), id).ok());
    EXPECT_EQ(asked, 3);
    EXPECT_EQ(commits(), 0u);
}

TEST_F(MaxcomputeClientTest, ASecondCommitOfAClosedSessionIsNoFailure) {
    const std::string id = loaded();
    EXPECT_TRUE(client_.commit_upload(place(), id).ok());
    EXPECT_TRUE(client_.commit_upload(place(), id).ok());
    EXPECT_EQ(project_.visible_rows("pt=20261121"), 2u);
}

TEST_F(MaxcomputeClientTest, WhatBecameOfASessionIsTyped) {
    for (const auto& [state, code, service_code] :
         {std::tuple{"expired", Code::kNotFound, "SessionExpired"},
          {"canceled", Code::kNotFound, "SessionCanceled"},
          {"critical", Code::kFatal, "SessionBroken"}}) {
        const std::string id = loaded();
        project_.sessions[id].state = state;
        const Status status = client_.commit_upload(place(), id).status();
        EXPECT_EQ(status.code(), code) << state;
        EXPECT_EQ(status.service_code(), service_code);
    }
    const Status missing = client_.commit_upload(place(), "none").status();
    EXPECT_EQ(missing.code(), Code::kNotFound);
    EXPECT_EQ(missing.service_code(), "NoSuchUpload");
}

TEST_F(MaxcomputeClientTest, ACommitThatStaysOpenEndsWithinItsTime) {
    const std::string id = loaded();
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        if (!is_commit(request)) return std::nullopt;
        return FakeProject::error(503, "ServiceUnavailable");
    };
    EXPECT_EQ(client_.commit_upload(place(), id).status().service_code(), "ServiceUnavailable");
    EXPECT_LE(clock_.advanced(), std::chrono::minutes(6));
}

TEST_F(MaxcomputeClientTest, RequestsAreRepeatedWhereThatHelps) {
    const std::string id = session();
    for (const auto& [status, code] : {std::pair{429, "FlowExceeded"},
                                       {308, "Moved"},
                                       {408, "RequestTimeOut"},
                                       {500, "InternalServerError"},
                                       {503, "ServiceUnavailable"}}) {
        int refused = 3;
        project_.before = [&, answer_status = status, answer_code = code](
                              const HttpRequest&) -> std::optional<Result<HttpAnswer>> {
            if (refused-- <= 0) return std::nullopt;
            return FakeProject::error(answer_status, answer_code);
        };
        EXPECT_TRUE(client_.put_block(place(), id, 1, block({})).ok()) << status;
    }
    project_.before = [&](const HttpRequest&) -> std::optional<Result<HttpAnswer>> {
        return FakeProject::error(403, "NoPermission");
    };
    const Duration before = clock_.advanced();
    const Status refused = client_.put_block(place(), id, 1, block({}));
    EXPECT_EQ(refused.code(), Code::kConfig);
    EXPECT_EQ(clock_.advanced(), before);
    EXPECT_EQ(refused.text().find("very-secret"), std::string::npos);
}

TEST_F(MaxcomputeClientTest, AWrongClockIsCorrectedOnce) {
    int refused = 0;
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        if (find_header(request.headers, "date") == "Sat, 21 Nov 2026 10:00:00 GMT") {
            return std::nullopt;
        }
        ++refused;
        return FakeHttp::answer(401, "<Error><Code>RequestTimeTooSkewed</Code></Error>",
                                {{"date", "Sat, 21 Nov 2026 10:00:00 GMT"}});
    };
    // The fake clock moves while the call pauses: the offset is kept up to the second.
    RetryPolicy policy;
    policy.pause_first = std::chrono::microseconds(1);
    Client client(context_, config_, policy);
    EXPECT_TRUE(client.get_table("orders").ok());
    EXPECT_EQ(refused, 1);
}

TEST_F(MaxcomputeClientTest, TablesAndPartitions) {
    project_.columns = {{"id", "bigint not null"}, {"Price", "DECIMAL(10, 2)"}};
    const auto table = client_.get_table("orders");
    ASSERT_TRUE(table.ok()) << table.status().text();
    EXPECT_FALSE(table->columns[0].nullable);
    EXPECT_EQ(table->columns[1].name, "price");
    EXPECT_EQ(table->columns[1].scale, 2);
    EXPECT_EQ(table->partition_keys[0].name, "pt");
    EXPECT_EQ(client_.get_table("none").status().code(), Code::kConfig);

    EXPECT_FALSE(*client_.partition_exists(place()));
    ASSERT_TRUE(client_.create_partition(place()).ok());
    EXPECT_TRUE(*client_.partition_exists(place()));
    EXPECT_EQ(project_.statements[0],
              "ALTER TABLE shop.`orders` ADD IF NOT EXISTS PARTITION (pt=&#39;20261121&#39;);");
}

TEST_F(MaxcomputeClientTest, AStatementThatFailsSaysWhy) {
    project_.sql_failure = "ODPS-0420095: Access Denied - no right to alter";
    const Status status = client_.create_partition(place());
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find("no right to alter"), std::string::npos);
}

TEST_F(MaxcomputeClientTest, AStatementIsSentTwiceOnlyWhenItMayBe) {
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        if (request.method == Method::kPost) return Status(Code::kUnknownOutcome, "reset");
        return std::nullopt;
    };
    EXPECT_EQ(client_.run_sql("INSERT INTO t VALUES (1)").status().code(), Code::kUnknownOutcome);
    EXPECT_EQ(clock_.advanced(), Duration(0));
}

TEST_F(MaxcomputeClientTest, DamagedRowsAreAskedForAgain) {
    const std::string good = block({1, 2, 3});
    std::string bad = good;
    bad[1] = static_cast<char>(bad[1] ^ 1);
    int asked = 0;
    project_.before = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        if (request.url.find("?data") == std::string::npos) return std::nullopt;
        ++asked;
        EXPECT_NE(request.url.find("rowrange=%280%2C3%29"), std::string::npos);
        return FakeHttp::answer(200, asked == 1 ? bad : asked == 2 ? block({1}) : good);
    };
    DownloadSession session{"d", SessionState::kNormal, project_.column_list(), 3};
    const auto rows = client_.read_rows(place(), session, {0, 3}, session.columns);
    ASSERT_TRUE(rows.ok()) << rows.status().text();
    EXPECT_EQ(rows->view(), good);
    EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace millrace::maxcompute
