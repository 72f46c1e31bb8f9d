#include "common/services/oss/sign_v1.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/crypto/digest.h"
#include "common/services/oss/sign_text.h"

namespace millrace::oss {
namespace {

// Query names that name a resource of their own and are therefore signed. Sorted.
constexpr std::string_view kSubResources[] = {"acl",
                                              "append",
                                              "asyncFetch",
                                              "bucketInfo",
                                              "callback",
                                              "callback-var",
                                              "cname",
                                              "comp",
                                              "continuation-token",
                                              "cors",
                                              "delete",
                                              "encryption",
                                              "endTime",
                                              "img",
                                              "inventory",
                                              "inventoryId",
                                              "lifecycle",
                                              "live",
                                              "location",
                                              "logging",
                                              "objectMeta",
                                              "partNumber",
                                              "policy",
                                              "position",
                                              "processConfiguration",
                                              "qos",
                                              "qosInfo",
                                              "referer",
                                              "replication",
                                              "replicationLocation",
                                              "replicationProgress",
                                              "requestPayment",
                                              "response-cache-control",
                                              "response-content-disposition",
                                              "response-content-encoding",
                                              "response-content-language",
                                              "response-content-type",
                                              "response-expires",
                                              "restore",
                                              "security-token",
                                              "sequential",
                                              "startTime",
                                              "stat",
                                              "status",
                                              "style",
                                              "styleName",
                                              "symlink",
                                              "tagging",
                                              "uploadId",
                                              "uploads",
                                              "versionId",
                                              "versioning",
                                              "versions",
                                              "vod",
                                              "website",
                                              "worm"};
static_assert(std::is_sorted(std::begin(kSubResources), std::end(kSubResources)));

bool is_sub_resource(std::string_view name) {
    return std::binary_search(std::begin(kSubResources), std::end(kSubResources), name) ||
           name.starts_with("x-oss-");
}

std::string resource(const SignInput& request) {
    std::string text = "/";
    if (!request.bucket.empty()) text.append(request.bucket) += '/';
    text += request.key;
    std::vector<std::string> signed_names;
    for (const auto& [name, value] : request.query) {
        if (!is_sub_resource(name)) continue;
        signed_names.push_back(value.empty() ? name : name + "=" + value);
    }
    std::sort(signed_names.begin(), signed_names.end());
    char separator = '?';
    for (const std::string& one : signed_names) {
        text += std::exchange(separator, '&');
        text += one;
    }
    return text;
}

}  // namespace

std::string string_to_sign_v1(const SignInput& request, std::string_view date) {
    std::string text(request.method);
    text += '\n';
    text.append(trimmed(find_header(request.headers, "content-md5"))) += '\n';
    text.append(trimmed(find_header(request.headers, "content-type"))) += '\n';
    text.append(date) += '\n';
    for (const auto& [name, value] : signed_headers(request.headers, "x-oss-", {})) {
        text.append(name) += ':';
        text.append(value) += '\n';
    }
    return text + resource(request);
}

std::string signature_v1(const Secret& access_key, std::string_view string_to_sign) {
    return base64(hmac_sha1(access_key.reveal(), string_to_sign));
}

}  // namespace millrace::oss
