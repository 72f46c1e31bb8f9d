#include "common/services/tablestore/errors.h"

#include "common/net/refusal.h"

namespace millrace::tablestore {
namespace {

// Of this code only one message passes by itself; the other means that a quota is used up.
constexpr std::string_view kQuotaCode = "OTSQuotaExhausted";
constexpr std::string_view kQuotaPassing = "Too frequent table operations.";

constexpr ErrorRow kErrors[] = {
    {"OTSAuthFailed", Code::kConfig,
     "either the instance name is wrong (no such instance at this endpoint) or the key is: check "
     "instance, endpoint, accessId and accessKey, and this machine's clock"},
    {"OTSNoPermissionAccess", Code::kConfig, "grant this accessId the right to do that"},
    {"OTSObjectNotExist", Code::kNotFound, "check the names of instance and table"},
    {"OTSObjectAlreadyExist", Code::kFatal},
    {"OTSParameterInvalid", Code::kFatal},
    {"OTSInvalidPK", Code::kFatal, "compare the key columns with the table's"},
    {"OTSOutOfRowSizeLimit", Code::kFatal},
    {"OTSOutOfColumnCountLimit", Code::kFatal},
    {"OTSRequestBodyTooLarge", Code::kFatal},
    {"OTSConditionCheckFail", Code::kFatal},
    {"OTSMethodNotAllowed", Code::kFatal},
    {"OTSTooFrequentReservedThroughputAdjustment", Code::kFatal},
    {"OTSTrimmedDataAccess", Code::kFatal,
     "the stream keeps records only for its retention time, and these have expired"},
    {"OTSSequenceNumberNotMatch", Code::kFatal},
    {"OTSResourceGone", Code::kFatal},
    {"OTSTunnelExpired", Code::kFatal},
    {"OTSTunnelExist", Code::kFatal},
    {"OTSClientError", Code::kFatal},
    {kQuotaCode, Code::kThrottled},
    {"OTSServerBusy", Code::kThrottled},
    {"OTSStorageServerBusy", Code::kThrottled},
    {"OTSOperationThrottled", Code::kThrottled},
    {"OTSNotEnoughCapacityUnit", Code::kThrottled},
    {"OTSCapacityUnitExhausted", Code::kThrottled},
    {"OTSRowOperationConflict", Code::kRetry},
    {"OTSOperationConflict", Code::kRetry},
    {"OTSTableNotReady", Code::kRetry},
    {"OTSPartitionUnavailable", Code::kRetry},
    {"OTSTimeout", Code::kUnknownOutcome},
    {"OTSRequestTimeout", Code::kUnknownOutcome},
    {"OTSInternalServerError", Code::kUnknownOutcome},
    {"OTSServerUnavailable", Code::kUnknownOutcome},
    {"OTSTunnelServerUnavailable", Code::kUnknownOutcome},
};

Code code_of_status(int status) {
    switch (status) {
        case 301: return Code::kConfig;
        case 408: return Code::kUnknownOutcome;
        case 429: return Code::kThrottled;
        default: return status >= 500 ? Code::kUnknownOutcome : Code::kFatal;
    }
}

Code code_of(const ServiceError& error, const ErrorRow* row) {
    if (!row) return code_of_status(error.http_status);
    if (row->service_code == kQuotaCode && error.message != kQuotaPassing) return Code::kFatal;
    return row->code;
}

}  // namespace

std::span<const ErrorRow> error_table() {
    return kErrors;
}

const ErrorRow* find_error(std::string_view service_code) {
    return find_row(error_table(), &ErrorRow::service_code, service_code);
}

Status status_of(const ServiceError& error, std::string_view what) {
    const ErrorRow* row = find_error(error.service_code);
    std::string_view hint = row ? row->hint : std::string_view();
    if (!row && error.http_status == 301) hint = "the endpoint has moved: correct it";
    std::string text = to_text({.service = "Tablestore",
                                .what = what,
                                .http_status = error.http_status,
                                .code = error.service_code,
                                .message = error.message,
                                .request_id = error.request_id,
                                .hint = hint});
    // Also said by proxies in front of the service, without its code.
    const bool too_large = error.service_code.empty() && error.http_status == 413;
    return Status(code_of(error, row), std::move(text))
        .with_service_code(too_large ? "OTSRequestBodyTooLarge" : std::string(error.service_code));
}

}  // namespace millrace::tablestore
