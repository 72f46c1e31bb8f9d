#include "common/services/elasticsearch/errors.h"

#include <gtest/gtest.h>

#include "common/net/fake_http.h"

namespace millrace::elasticsearch {
namespace {

struct ItemCase {
    int status;
    const char* type;
    const char* reason;
    ItemVerdict verdict;
};
void PrintTo(const ItemCase& one, std::ostream* out) {
    *out << one.status << " " << one.type;
}

class ItemVerdicts : public ::testing::TestWithParam<ItemCase> {};

TEST_P(ItemVerdicts, AreThoseOfTheTable) {
    EXPECT_EQ(judge_item(GetParam().status, GetParam().type, GetParam().reason),
              GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ItemVerdicts,
    ::testing::Values(
        ItemCase{200, "", "", ItemVerdict::kDone}, ItemCase{201, "", "", ItemVerdict::kDone},
        ItemCase{404, "", "", ItemVerdict::kDone},
        ItemCase{404, "document_missing_exception", "", ItemVerdict::kDirty},
        ItemCase{404, "index_not_found_exception", "", ItemVerdict::kFail},
        ItemCase{409, "version_conflict_engine_exception", "", ItemVerdict::kConflict},
        ItemCase{409, "", "", ItemVerdict::kFail}, ItemCase{409, "other", "", ItemVerdict::kFail},
        ItemCase{400, "mapper_parsing_exception", "", ItemVerdict::kDirty},
        ItemCase{400, "document_parsing_exception", "", ItemVerdict::kDirty},
        ItemCase{400, "strict_dynamic_mapping_exception", "", ItemVerdict::kDirty},
        ItemCase{400, "illegal_argument_exception", "id is empty", ItemVerdict::kDirty},
        ItemCase{400, "illegal_argument_exception", "pipeline with id [x] does not exist",
                 ItemVerdict::kFail},
        ItemCase{400, "invalid_index_name_exception", "", ItemVerdict::kFail},
        ItemCase{400, "index_closed_exception", "", ItemVerdict::kFail},
        ItemCase{403, "cluster_block_exception", "", ItemVerdict::kAgainSlowly},
        ItemCase{429, "cluster_block_exception", "", ItemVerdict::kAgainSlowly},
        ItemCase{403, "security_exception", "", ItemVerdict::kFail},
        ItemCase{429, "es_rejected_execution_exception", "", ItemVerdict::kAgain},
        ItemCase{429, "rejected_execution_exception", "", ItemVerdict::kAgain},
        ItemCase{502, "x", "", ItemVerdict::kAgain},
        ItemCase{503, "unavailable_shards_exception", "", ItemVerdict::kAgain},
        ItemCase{503, "process_cluster_event_timeout_exception", "", ItemVerdict::kAgain},
        ItemCase{504, "x", "", ItemVerdict::kAgain},
        ItemCase{500, "null_pointer_exception", "", ItemVerdict::kFail},
        ItemCase{202, "", "", ItemVerdict::kFail}));

struct AnswerCase {
    int status;
    Code code;
    bool retryable;
};

class Answers : public ::testing::TestWithParam<AnswerCase> {};

TEST_P(Answers, MeanWhatTheTableSays) {
    const HttpAnswer answer = FakeHttp::answer(
        GetParam().status, R"({"error":{"type":"some_exception","reason":"secret content"}})");
    const Status status = judge_answer(answer, "bulk into index i");
    EXPECT_EQ(status.code(), GetParam().code);
    EXPECT_EQ(status.retryable(), GetParam().retryable);
    EXPECT_EQ(status.text().find("secret"), std::string::npos);
    EXPECT_EQ(status.service_code(), status.ok() ? "" : "some_exception");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Answers,
    ::testing::Values(AnswerCase{200, Code::kOk, false}, AnswerCase{201, Code::kOk, false},
                      AnswerCase{400, Code::kFatal, false}, AnswerCase{401, Code::kConfig, false},
                      AnswerCase{403, Code::kConfig, false},
                      AnswerCase{404, Code::kNotFound, false}, AnswerCase{406, Code::kFatal, false},
                      AnswerCase{408, Code::kRetry, true}, AnswerCase{413, Code::kFatal, false},
                      AnswerCase{429, Code::kThrottled, true}, AnswerCase{500, Code::kFatal, false},
                      AnswerCase{502, Code::kUnknownOutcome, true},
                      AnswerCase{503, Code::kRetry, true},
                      AnswerCase{504, Code::kUnknownOutcome, true},
                      AnswerCase{302, Code::kFatal, false}));

TEST(AnswerDelay, IsTheServersUpToHalfAMinute) {
    EXPECT_EQ(judge_answer(FakeHttp::answer(429, "", {{"retry-after", "3"}}), "x").delay(),
              std::chrono::seconds(3));
    EXPECT_EQ(judge_answer(FakeHttp::answer(429, "", {{"retry-after", "900"}}), "x").delay(),
              std::chrono::seconds(30));
    EXPECT_EQ(judge_answer(FakeHttp::answer(429, "", {{"retry-after", "soon"}}), "x").delay(),
              std::chrono::seconds(0));
}

}  // namespace
}  // namespace millrace::elasticsearch
