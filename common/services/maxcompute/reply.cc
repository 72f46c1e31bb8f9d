#include "common/services/maxcompute/reply.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "common/net/refusal.h"
#include "common/net/xml.h"

namespace millrace::maxcompute {
namespace {

constexpr std::string_view kCheckKey = "check accessId and accessKey";
constexpr std::string_view kCheckRights = "check the rights of this accessId in the project";

// The first row of a number is what a message with this number means.
constexpr ErrorRow kErrors[] = {
    {"InternalServerError", Code::kUnknownOutcome},
    {"InternalError", Code::kUnknownOutcome},
    {"DataStoreError", Code::kUnknownOutcome},
    {"ServiceUnavailable", Code::kThrottled},
    {"FlowExceeded", Code::kThrottled},
    {"SlotExceeded", Code::kThrottled},
    {"QPSExceeded", Code::kThrottled},
    {"RequestTimeOut", Code::kRetry},
    {"IncompleteBody", Code::kRetry},
    {"DataUnderReplication", Code::kRetry},
    {"RequestTimeTooSkewed", Code::kFatal, "", "set this machine's clock"},
    {"Unauthorized", Code::kConfig, "ODPS-0410051", kCheckKey},
    {"MissingAuthorization", Code::kConfig, "", kCheckKey},
    {"InvalidAuthorization", Code::kConfig, "", kCheckKey},
    {"SignatureNotMatch", Code::kConfig, "ODPS-0410042", "check accessKey"},
    {"NoPermission", Code::kConfig, "", kCheckRights},
    {"AccessDenied", Code::kConfig, "ODPS-0420095", kCheckRights},
    {"NoSuchProject", Code::kConfig, "ODPS-0420111", "check project and odpsServer"},
    {"NoSuchTable", Code::kConfig, "ODPS-0130131", "check table; tables are not created"},
    {"NoSuchPartition", Code::kNotFound},
    {"NoSuchObject", Code::kNotFound},
    {"NoSuchUpload", Code::kNotFound},
    {"NoSuchDownload", Code::kNotFound},
    {"NoSuchData", Code::kNotFound},
    {"InvalidPartitionSpec", Code::kConfig, "", "name every partition key of the table, in order"},
    {"MissingPartitionSpec", Code::kConfig, "", "the table is partitioned: set partition"},
    {"InvalidColumnSpec", Code::kConfig, "", "check column"},
    {"InvalidProjectTable", Code::kConfig, "", "check project and table"},
    {"MethodNotAllowed", Code::kConfig, "", "views are neither written nor read"},
    {"InvalidParameter", Code::kFatal},
    {"InvalidArgument", Code::kFatal},
    {"InvalidBlockID", Code::kFatal},
    {"InvalidRowRange", Code::kFatal},
    {"InvalidURI", Code::kFatal},
    {"InvalidResourceSpec", Code::kFatal},
    {"MalformedDataStream", Code::kCorrupt},  // damaged on its way: ours are whole
    {"MissingContentLength", Code::kFatal},
    {"ParseError", Code::kFatal},
    {"ObjectAlreadyExists", Code::kFatal},
    {"InvalidStatusSetting", Code::kFatal},
    {"DeleteConflict", Code::kFatal},
    {"StatusConflict", Code::kFatal},
    {"InConsistentBlockList", Code::kFatal},
    {"InvalidStatusChange", Code::kFatal},
    {"OverwriteModeNotAllowed", Code::kConfig, "", "this table cannot be overwritten: truncate"},
    {"TableModified", Code::kFatal, "", "the table was rewritten while it was read: start again"},
    {"DataVersionConflict", Code::kFatal},
    {"SchemaModified", Code::kFatal, "", "the table's columns were changed: start again"},
};

Code code_of_status(int status) {
    switch (status) {
        case 408: return Code::kRetry;
        case 308:  // the work has moved to another server
        case 429:
        case 502:
        case 503:
        case 504: return Code::kThrottled;
        default: return status >= 500 ? Code::kUnknownOutcome : Code::kFatal;
    }
}

struct ServiceError {
    std::string code, message, request_id;
};

std::string text_of(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// XML from the REST service, JSON from the tunnel.
ServiceError read_error(const HttpAnswer& answer) {
    ServiceError error;
    error.request_id = std::string(find_header(answer.headers, "x-odps-request-id"));
    const Result<XmlElement> xml = parse_xml(answer.body.view());
    if (xml.ok() && xml->name == "Error") {
        error.code = std::string(xml->text_of("Code"));
        error.message = std::string(xml->text_of("Message"));
        return error;
    }
    const auto json = nlohmann::json::parse(answer.body.view(), nullptr, false);
    if (!json.is_object()) return error;
    error.code = text_of(json, "Code");
    error.message = text_of(json, "Message");
    if (error.request_id.empty()) error.request_id = text_of(json, "RequestId");
    return error;
}

// By "ODPS-0130131:Table not found - …".
const ErrorRow* find_number(std::string_view message) {
    const size_t at = message.find("ODPS-");
    if (at == std::string_view::npos) return nullptr;
    return find_row(error_table(), &ErrorRow::number, message.substr(at, 12));
}

std::chrono::milliseconds delay_of(const HttpAnswer& answer) {
    const std::string_view text = find_header(answer.headers, "retry-after");
    int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds(std::clamp<int64_t>(seconds, 0, 60));
}

}  // namespace

std::span<const ErrorRow> error_table() {
    return kErrors;
}

const ErrorRow* find_error(std::string_view service_code) {
    return find_row(error_table(), &ErrorRow::service_code, service_code);
}

Status status_of(const HttpAnswer& answer, std::string_view what) {
    if (answer.status >= 200 && answer.status < 300) return {};
    ServiceError error = read_error(answer);
    // The number says more than "NoSuchObject".
    const ErrorRow* row = find_number(error.message);
    if (row) error.code = std::string(row->service_code);
    if (!row) row = find_error(error.code);
    Code code = row ? row->code : code_of_status(answer.status);
    std::string_view hint = row ? row->hint : std::string_view();
    if (error.code.empty() && answer.status == 404) {
        code = Code::kConfig;
        hint = "is this the address of MaxCompute? odpsServer mostly ends in /api";
    }
    return Status(code, to_text({.service = "MaxCompute",
                                 .what = what,
                                 .http_status = answer.status,
                                 .code = error.code,
                                 .message = error.message,
                                 .request_id = error.request_id,
                                 .hint = hint}))
        .with_service_code(error.code)
        .with_delay(delay_of(answer));
}

Status sql_failure(std::string_view message, std::string_view what) {
    const ErrorRow* row = find_number(message);
    std::string text =
        "MaxCompute failed to " + std::string(what) + ": \"" + std::string(message) + "\"";
    if (!row) return Status(Code::kFatal, std::move(text));
    if (!row->hint.empty()) text.append("; ").append(row->hint);
    return Status(row->code, std::move(text)).with_service_code(std::string(row->service_code));
}

}  // namespace millrace::maxcompute
