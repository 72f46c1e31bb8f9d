#include "common/services/elasticsearch/errors.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace millrace::elasticsearch {

namespace {

struct ItemRow {
    int status;
    std::string_view type;    // empty = any
    std::string_view reason;  // a part of the text; empty = any
    ItemVerdict verdict;
};

// The first row that fits decides; an item that fits none is kFail.
constexpr ItemRow kItemRows[] = {
    {404, "index_not_found_exception", "", ItemVerdict::kFail},
    {404, "document_missing_exception", "", ItemVerdict::kDirty},
    {409, "version_conflict_engine_exception", "", ItemVerdict::kConflict},
    {400, "invalid_index_name_exception", "", ItemVerdict::kFail},
    {400, "index_closed_exception", "", ItemVerdict::kFail},
    {400, "illegal_argument_exception", "pipeline with id", ItemVerdict::kFail},
    {400, "", "", ItemVerdict::kDirty},
    {403, "cluster_block_exception", "", ItemVerdict::kAgainSlowly},
    {429, "cluster_block_exception", "", ItemVerdict::kAgainSlowly},
    {429, "", "", ItemVerdict::kAgain},
    {502, "", "", ItemVerdict::kAgain},
    {503, "", "", ItemVerdict::kAgain},
    {504, "", "", ItemVerdict::kAgain},
};

// Whole answers.
struct AnswerRow {
    int status;
    Code code;
    std::string_view hint;
};
constexpr AnswerRow kAnswerRows[] = {
    {401, Code::kConfig, "the user name or the password is wrong or missing"},
    {403, Code::kConfig, "the user may not do this, or the index or cluster is blocked"},
    {404, Code::kNotFound, "it does not exist"},
    {406, Code::kFatal, "is this a search server?"},
    {408, Code::kRetry, "the server gave up waiting"},
    {413, Code::kFatal, "the request is larger than the server takes: lower batchSize"},
    {429, Code::kThrottled, "the server is busy"},
    {502, Code::kUnknownOutcome, "the gateway had no answer"},
    {503, Code::kRetry, "the server is not available"},
    {504, Code::kUnknownOutcome, "the gateway waited in vain"},
};

std::chrono::milliseconds retry_after(const HttpAnswer& answer) {
    const std::string_view text = find_header(answer.headers, "retry-after");
    int seconds = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), seconds).ptr;
    if (text.empty() || end != text.data() + text.size() || seconds < 0) return {};
    return std::chrono::seconds(std::min(seconds, 30));
}

}  // namespace

ItemVerdict judge_item(int status, std::string_view type, std::string_view reason) {
    if (type.empty()) {
        // "not found" without an error is the answer to a delete of nothing.
        const bool done = status == 200 || status == 201 || status == 404;
        if (done) return ItemVerdict::kDone;
    }
    for (const ItemRow& row : kItemRows) {
        if (row.status != status) continue;
        if (!row.type.empty() && row.type != type) continue;
        if (reason.find(row.reason) == std::string_view::npos) continue;
        return row.verdict;
    }
    return ItemVerdict::kFail;
}

std::string error_type(const HttpAnswer& answer) {
    const auto tree = nlohmann::json::parse(answer.body.view(), nullptr, false);
    if (!tree.is_object() || !tree.contains("error")) return {};
    const auto& error = tree["error"];
    if (!error.is_object() || !error.contains("type") || !error["type"].is_string()) return {};
    return error["type"].get<std::string>();
}

Status judge_answer(const HttpAnswer& answer, std::string_view what) {
    if (answer.status >= 200 && answer.status < 300) return {};
    const std::string type = error_type(answer);
    std::string text(what);
    text += ": the search server answered " + std::to_string(answer.status);
    if (!type.empty()) text += " " + type;
    Code code = Code::kFatal;
    for (const AnswerRow& row : kAnswerRows) {
        if (row.status != answer.status) continue;
        code = row.code;
        text += " (" + std::string(row.hint) + ")";
    }
    Status status(code, std::move(text));
    if (!type.empty()) status = status.with_service_code(type);
    if (code == Code::kThrottled || code == Code::kRetry) {
        status = status.with_delay(retry_after(answer));
    }
    return status;
}

}  // namespace millrace::elasticsearch
