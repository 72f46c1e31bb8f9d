// The actions of OSS, one function each, on a store that is locked by the caller.
#pragma once

#include <map>

#include "tests/standin/auth_oss.h"
#include "tests/standin/oss_store.h"

namespace millrace::standin {

// One authenticated request on its way.
struct OssCall {
    const Request& request;
    const OssTarget& target;
    OssBuckets& buckets;
    OssBucket* bucket = nullptr;  // the target's, when it is there
    int64_t now_ms = 0;
    std::string id = {};  // 24 upper-case hex digits; new upload ids are made from it too
    // Of the body, made before the store was locked.
    Body body = nullptr;
    std::string md5 = {};  // 16 bytes
    uint64_t crc64 = 0;

    std::string parameter(std::string_view name) const;
    std::string header(std::string_view name) const;
    // A key as the answer has it: percent-encoded with encoding-type=url.
    std::string listed(std::string_view key) const;
};

using OssAction = Response (*)(OssCall&);
// By name: "PutObject".
const std::map<std::string, OssAction>& oss_actions();
// Never fails: "Unknown" when no action fits.
std::string oss_action_name(const Request& request, const OssTarget& target);

// ---- building answers
using Details = std::vector<std::pair<std::string, std::string>>;
// An error that the service completes with its request id.
Response oss_error(const OssCall& call, int status, const std::string& code,
                   const std::string& message, const Details& details = {});
Response oss_error(const Request& request, const std::string& request_id, int status,
                   const std::string& code, const std::string& message, const Details& details);
Response oss_document(std::string xml);
Response no_such_key(const OssCall& call, const std::string& key);
Response already_exists(const OssCall& call);
// x-oss-forbid-overwrite: true and the object is there.
bool overwrite_forbidden(const OssCall& call);
Headers kept_headers(const OssCall& call);
std::string upper_hex(std::string_view bytes);
std::string quoted(const std::string& etag);
uint64_t oss_crc64(uint64_t crc, std::string_view bytes);
std::string oss_time(int64_t ms);  // "2012-02-24T08:43:27.000Z"

// ---- the actions that are worth a file of their own
Response list_objects(OssCall& call);  // V1 and V2
Response initiate_multipart_upload(OssCall& call);
Response upload_part(OssCall& call);
Response upload_part_copy(OssCall& call);
Response complete_multipart_upload(OssCall& call);
Response abort_multipart_upload(OssCall& call);
Response list_parts(OssCall& call);
Response list_multipart_uploads(OssCall& call);
Response put_object(OssCall& call);
Response get_object(OssCall& call);  // HEAD too
Response append_object(OssCall& call);
Response copy_object(OssCall& call);
// The source of a copy: null and `error` set when it is not there.
const OssObject* copy_source(OssCall& call, Response& error);

}  // namespace millrace::standin
