#include "common/services/oss/reply.h"

#include <algorithm>
#include <charconv>

#include "common/crypto/digest.h"
#include "common/net/refusal.h"
#include "common/net/xml.h"

namespace millrace::oss {
namespace {

constexpr std::chrono::milliseconds kSlower{1000};  // after a rate limit was hit

constexpr ErrorRow kErrors[] = {
    {"InternalError", Code::kUnknownOutcome},
    {"ServiceUnavailable", Code::kThrottled},
    {"RequestTimeout", Code::kRetry},
    {"QpsLimitExceeded", Code::kThrottled},
    {"DownloadTrafficRateLimitExceeded", Code::kThrottled},
    {"UploadTrafficRateLimitExceeded", Code::kThrottled},
    {"RequestTimeTooSkewed", Code::kFatal, true, "set this machine's clock"},
    {"InvalidDigest", Code::kFatal, true},
    {"BadRequest", Code::kFatal, true},
    {"AccessDenied", Code::kConfig, false, "check the rights of this accessId on the bucket"},
    {"InvalidAccessKeyId", Code::kConfig, false, "check accessId"},
    {"SignatureDoesNotMatch", Code::kConfig, false, "check accessKey"},
    {"SecurityTokenExpired", Code::kConfig, false, "get a new security token"},
    {"NoSuchBucket", Code::kConfig, false, "check bucket and endpoint; buckets are not created"},
    {"InvalidBucketName", Code::kConfig, false, "check bucket"},
    {"InvalidObjectName", Code::kConfig, false, "check object"},
    {"NoSuchKey", Code::kNotFound},
    {"NoSuchUpload", Code::kNotFound},
    {"FileAlreadyExists", Code::kFatal},
    {"PositionNotEqualToLength", Code::kFatal},
    {"ObjectNotAppendable", Code::kFatal},
    {"FileImmutable", Code::kFatal, false, "the bucket's retention policy forbids it"},
    {"BucketNotEmpty", Code::kFatal},
    {"BucketAlreadyExists", Code::kFatal},
    {"InvalidPart", Code::kFatal},
    {"InvalidPartOrder", Code::kFatal},
    {"EntityTooSmall", Code::kFatal},
    {"EntityTooLarge", Code::kFatal},
    {"MalformedXML", Code::kFatal},
    {"InvalidArgument", Code::kFatal},
    {"MissingContentLength", Code::kFatal},
    {"PreconditionFailed", Code::kFatal},
    {"InvalidRange", Code::kFatal},
    {"MethodNotAllowed", Code::kFatal},
};

Code code_of_status(int status) {
    switch (status) {
        case 408:
        case 502:
        case 504: return Code::kRetry;
        case 429:
        case 503: return Code::kThrottled;
        default: return status >= 500 ? Code::kUnknownOutcome : Code::kFatal;
    }
}

struct ServiceError {
    std::string code, message, request_id, endpoint;
};

ServiceError read_error(const HttpAnswer& answer) {
    ServiceError error;
    error.request_id = std::string(find_header(answer.headers, "x-oss-request-id"));
    // The answer to a HEAD has no body; newer servers put the error into a header.
    std::string in_header = from_base64(find_header(answer.headers, "x-oss-err"));
    const std::string_view body = answer.body.empty() ? in_header : answer.body.view();
    const Result<XmlElement> xml = parse_xml(body);
    if (!xml.ok() || xml->name != "Error") return error;
    error.code = std::string(xml->text_of("Code"));
    error.message = std::string(xml->text_of("Message"));
    error.endpoint = std::string(xml->text_of("Endpoint"));
    if (error.request_id.empty()) error.request_id = std::string(xml->text_of("RequestId"));
    return error;
}

std::chrono::milliseconds delay_of(const HttpAnswer& answer, std::string_view service_code) {
    const std::string_view text = find_header(answer.headers, "x-oss-qos-delay-time");
    int64_t delay = 0;
    std::from_chars(text.data(), text.data() + text.size(), delay);
    const bool slower = service_code.ends_with("LimitExceeded");
    return std::max(std::chrono::milliseconds(std::clamp<int64_t>(delay, 0, 60'000)),
                    slower ? kSlower : std::chrono::milliseconds(0));
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
    // Only HEAD is answered without a body, and only objects are asked for by HEAD.
    if (error.code.empty() && answer.status == 404 && answer.body.empty()) error.code = "NoSuchKey";
    const ErrorRow* row = find_error(error.code);
    const Code code = row ? row->code : code_of_status(answer.status);
    std::string text = to_text({.service = "OSS",
                                .what = what,
                                .http_status = answer.status,
                                .code = error.code,
                                .message = error.message,
                                .request_id = error.request_id,
                                .hint = row ? row->hint : std::string_view()});
    if (!error.endpoint.empty()) text += "; the bucket is reached at " + error.endpoint;
    return Status(code, std::move(text))
        .with_service_code(error.code)
        .with_delay(delay_of(answer, error.code));
}

}  // namespace millrace::oss
