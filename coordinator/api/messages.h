// What travels in the bodies of requests and answers, to and from the types of operations.h.
// proto/openapi.json describes it.
#pragma once

#include <nlohmann/json.hpp>

#include "coordinator/api/operations.h"

namespace millrace::api {

struct RerunRequest {
    std::optional<uint64_t> dirty_records_max;
};

// kConfig names the member that is missing, unknown or of another type. Never a value.
Result<Submission> read_submission(const nlohmann::json& body);
Result<ReplayRequest> read_replay(const nlohmann::json& body);
Result<LimitChange> read_limits(const nlohmann::json& body);
Result<RerunRequest> read_rerun(const nlohmann::json& body);

nlohmann::json to_json(const Submission& submission);
nlohmann::json to_json(const ReplayRequest& request);
nlohmann::json to_json(const LimitChange& change);
nlohmann::json to_json(const RerunRequest& request);

nlohmann::json to_json(const Submitted& submitted);
nlohmann::json to_json(const LogPage& page);

// Of answers; kCorrupt when it is none.
Result<Submitted> read_submitted(const nlohmann::json& body);
Result<LogPage> read_log_page(const nlohmann::json& body);

// "2026-11-21T10:00:00Z", with or without milliseconds. kConfig names the member.
Result<MillisPoint> read_time(const std::string& name, std::string_view text);
// An id as it may stand in a path: letters, digits, '-', '_' and '.'; at most 64.
bool is_id(std::string_view text);

}  // namespace millrace::api
