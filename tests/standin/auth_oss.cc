#include "tests/standin/auth_oss.h"

#include <algorithm>
#include <ctime>
#include <set>

#include "common/crypto/digest.h"
#include "common/net/url.h"
#include "tests/standin/http_date.h"

namespace millrace::standin {
namespace {

constexpr auto kSkewMax = std::chrono::minutes(15);

// Query names that V1 signs, apart from all that begin with x-oss-.
const std::set<std::string, std::less<>> kSubResources = {"acl",
                                                          "append",
                                                          "bucketInfo",
                                                          "comp",
                                                          "continuation-token",
                                                          "cors",
                                                          "delete",
                                                          "encryption",
                                                          "endTime",
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
                                                          "qos",
                                                          "qosInfo",
                                                          "referer",
                                                          "replication",
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
                                                          "worm",
                                                          "callback",
                                                          "callback-var",
                                                          "cname",
                                                          "img"};

std::string trim(std::string_view text) {
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::string header_of(const Request& request, std::string_view name) {
    const std::string* value = request.header(name);
    return value ? trim(*value) : std::string();
}

// name:value lines of the chosen headers, in order of their names (not of the lines: ':' sorts
// behind '-').
template <typename Chosen>
std::string header_lines(const Request& request, Chosen chosen) {
    Headers lines;
    for (const auto& [name, value] : request.headers) {
        const std::string small = lower(name);
        if (chosen(small)) lines.emplace_back(small, trim(value));
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const auto& [name, value] : lines) text += name + ":" + value + "\n";
    return text;
}

std::string v1_string_to_sign(const Request& request, const OssTarget& target,
                              const std::string& date) {
    std::string text = request.method + "\n" + header_of(request, "content-md5") + "\n" +
                       header_of(request, "content-type") + "\n" + date + "\n";
    text += header_lines(request, [](const std::string& n) { return n.starts_with("x-oss-"); });
    text += "/";
    if (!target.bucket.empty()) text += target.bucket + "/" + target.key;
    std::vector<std::string> parts;
    for (const auto& [name, value] : target.query) {
        if (!kSubResources.contains(name) && !name.starts_with("x-oss-")) continue;
        parts.push_back(value.empty() ? name : name + "=" + value);
    }
    std::sort(parts.begin(), parts.end());
    for (size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "?" : "&") + parts[i];
    return text;
}

std::string v4_canonical(const Request& request, const OssTarget& target,
                         const std::string& additional) {
    const std::string all = ";" + additional + ";";
    std::string path = "/";
    if (!target.bucket.empty()) path += target.bucket + "/" + percent_encode(target.key, true);
    std::vector<std::pair<std::string, std::string>> query;
    for (const auto& [name, value] : target.query) {
        if (name == "x-oss-signature") continue;
        query.emplace_back(oss_encode(name), oss_encode(value));
    }
    std::sort(query.begin(), query.end());
    std::string query_text;
    for (const auto& [name, value] : query) {
        if (!query_text.empty()) query_text += "&";
        query_text += value.empty() ? name : name + "=" + value;
    }
    const std::string headers = header_lines(request, [&](const std::string& name) {
        return name == "content-type" || name == "content-md5" || name.starts_with("x-oss-") ||
               all.find(";" + name + ";") != std::string::npos;
    });
    return request.method + "\n" + path + "\n" + query_text + "\n" + headers + "\n" + additional +
           "\nUNSIGNED-PAYLOAD";
}

// "name=value" pairs after the scheme of an Authorization header, in any order and spacing.
std::string field_of(std::string_view authorization, const std::string& name) {
    const size_t at = authorization.find(name + "=");
    if (at == std::string_view::npos) return {};
    const std::string_view rest = authorization.substr(at + name.size() + 1);
    return trim(rest.substr(0, rest.find(',')));
}

std::string upper_hex_bytes(const std::string& text) {
    std::string bytes;
    for (char c : text) {
        std::string two = hex({&c, 1});
        for (char& digit : two) digit = static_cast<char>(std::toupper(digit));
        bytes += (bytes.empty() ? "" : " ") + two;
    }
    return bytes;
}

void refuse(OssAuth& auth, int status, const char* code, const std::string& message) {
    auth.status = status;
    auth.code = code;
    auth.message = message;
}

// One check; the scheme-specific parts first collect what the request says.
class Check {
  public:
    Check(const Account& account, const Request& request, const OssTarget& target, TimePoint now)
        : account_(account), request_(request), target_(target), now_(now) {}

    OssAuth run() {
        const std::string authorization = header_of(request_, "authorization");
        if (authorization.starts_with("OSS4-HMAC-SHA256 ")) {
            v4_header(authorization);
        } else if (authorization.starts_with("OSS ")) {
            v1_header(authorization);
        } else if (target_.has("x-oss-signature-version")) {
            v4_url();
        } else if (target_.has("OSSAccessKeyId")) {
            v1_url();
        } else {
            refuse(auth_, 403, "AccessDenied", "You are forbidden to access this bucket.");
        }
        return std::move(auth_);
    }

  private:
    std::string parameter(const char* name) const {
        const std::string* value = target_.parameter(name);
        return value ? *value : std::string();
    }

    void v1_header(const std::string& authorization) {
        auth_.kind = "V1-header";
        const size_t colon = authorization.find(':');
        id_ = authorization.substr(4, colon - 4);
        auth_.sent = colon == std::string::npos ? "" : trim(authorization.substr(colon + 1));
        std::string date = header_of(request_, "x-oss-date");
        if (date.empty()) date = header_of(request_, "date");
        if (known() && fresh(date)) v1_compare(date);
    }
    void v1_url() {
        auth_.kind = "V1-url";
        id_ = parameter("OSSAccessKeyId");
        auth_.sent = parameter("Signature");
        const std::string expires = parameter("Expires");
        const auto end =
            TimePoint(std::chrono::seconds(std::strtoll(expires.c_str(), nullptr, 10)));
        if (known() && before(end)) v1_compare(expires);
    }
    void v1_compare(const std::string& date) {
        auth_.string_to_sign = v1_string_to_sign(request_, target_, date);
        auth_.expected = base64(hmac_sha1(account_.access_key, auth_.string_to_sign));
        compare();
    }

    void v4_header(const std::string& authorization) {
        auth_.kind = "V4-header";
        credential_ = field_of(authorization, "Credential");
        auth_.sent = field_of(authorization, "Signature");
        // One SDK signs the text of its Date header instead of x-oss-date.
        timestamp_ = header_of(request_, "x-oss-date");
        if (timestamp_.empty()) timestamp_ = header_of(request_, "date");
        if (header_of(request_, "x-oss-content-sha256") != "UNSIGNED-PAYLOAD") {
            refuse(auth_, 400, "InvalidArgument", "x-oss-content-sha256 must be UNSIGNED-PAYLOAD.");
            return;
        }
        if (v4_known() && fresh(timestamp_)) {
            v4_compare(field_of(authorization, "AdditionalHeaders"));
        }
    }
    void v4_url() {
        auth_.kind = "V4-url";
        credential_ = parameter("x-oss-credential");
        auth_.sent = parameter("x-oss-signature");
        timestamp_ = parameter("x-oss-date");
        const auto begin = parse_http_date(timestamp_);
        const auto valid =
            std::chrono::seconds(std::strtoll(parameter("x-oss-expires").c_str(), nullptr, 10));
        if (v4_known() && before(begin ? *begin + valid : TimePoint())) {
            v4_compare(parameter("x-oss-additional-headers"));
        }
    }
    bool v4_known() {
        id_ = credential_.substr(0, credential_.find('/'));
        return known();
    }
    void v4_compare(const std::string& additional) {
        // <id>/<date>/<region>/<product>/aliyun_v4_request
        const std::string scope = credential_.substr(std::min(id_.size() + 1, credential_.size()));
        std::vector<std::string> parts;
        for (size_t at = 0; at <= scope.size();) {
            const size_t slash = std::min(scope.find('/', at), scope.size());
            parts.push_back(scope.substr(at, slash - at));
            at = slash + 1;
        }
        if (parts.size() != 4 || parts[3] != "aliyun_v4_request") {
            refuse(auth_, 400, "InvalidArgument", "The credential is malformed.");
            return;
        }
        auth_.canonical_request = v4_canonical(request_, target_, lower(additional));
        auth_.string_to_sign = "OSS4-HMAC-SHA256\n" + timestamp_ + "\n" + scope + "\n" +
                               hex(sha256(auth_.canonical_request));
        std::string key = "aliyun_v4" + account_.access_key;
        for (const std::string& part : parts) key = hmac_sha256(key, part);
        auth_.expected = hex(hmac_sha256(key, auth_.string_to_sign));
        compare();
    }

    bool known() {
        if (id_ == account_.access_id) return true;
        refuse(auth_, 403, "InvalidAccessKeyId",
               "The OSS Access Key Id you provided does not exist in our records.");
        auth_.details = {{"OSSAccessKeyId", id_}};
        return false;
    }
    bool before(TimePoint end) {
        if (!account_.check_skew || now_ <= end) return true;
        refuse(auth_, 403, "AccessDenied", "Request has expired.");
        return false;
    }
    bool fresh(const std::string& date) {
        const auto time = parse_http_date(date);
        if (!time) {
            refuse(auth_, 403, "AccessDenied", "OSS authentication requires a valid Date.");
            return false;
        }
        if (!account_.check_skew || std::chrono::abs(now_ - *time) <= kSkewMax) return true;
        refuse(auth_, 403, "RequestTimeTooSkewed",
               "The difference between the request time and the current time is too large.");
        auth_.details = {{"MaxAllowedSkewMilliseconds", "900000"},
                         {"RequestTime", to_iso8601(*time)},
                         {"ServerTime", to_iso8601(now_)}};
        return false;
    }
    void compare() {
        if (auth_.sent == auth_.expected) return;
        refuse(auth_, 403, "SignatureDoesNotMatch",
               "The request signature we calculated does not match the signature you provided. "
               "Check your key and signing method.");
        auth_.details = {{"OSSAccessKeyId", id_},
                         {"SignatureProvided", auth_.sent},
                         {"StringToSign", auth_.string_to_sign},
                         {"StringToSignBytes", upper_hex_bytes(auth_.string_to_sign)}};
        if (!auth_.canonical_request.empty()) {
            auth_.details.emplace_back("CanonicalRequest", auth_.canonical_request);
        }
    }

    const Account& account_;
    const Request& request_;
    const OssTarget& target_;
    const TimePoint now_;
    OssAuth auth_;
    std::string id_, credential_, timestamp_;
};

bool names_an_address(std::string_view host) {
    host = host.substr(0, host.starts_with('[') ? host.find(']') : host.find(':'));
    return host.empty() || host.starts_with('[') || host == "localhost" ||
           host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

const std::string* OssTarget::parameter(std::string_view name) const {
    for (const auto& [key_, value] : query) {
        if (key_ == name) return &value;
    }
    return nullptr;
}

OssTarget parse_oss_target(const Request& request) {
    OssTarget target;
    std::string_view path = request.path();
    const std::string* host_header = request.header("host");
    std::string_view host = host_header ? std::string_view(*host_header) : std::string_view();
    if (const size_t scheme = path.find("://"); scheme < path.find('/')) {  // through a proxy
        path.remove_prefix(scheme + 3);
        const size_t slash = std::min(path.find('/'), path.size());
        host = path.substr(0, slash);
        path.remove_prefix(slash);
    }
    if (path.starts_with('/')) path.remove_prefix(1);
    if (names_an_address(host)) {
        // Split before decoding: some clients encode the slashes of the key.
        const size_t slash = std::min(path.find('/'), path.size());
        target.bucket = percent_decode(path.substr(0, slash));
        path.remove_prefix(std::min(slash + 1, path.size()));
    } else {
        target.virtual_host = true;
        target.bucket = std::string(host.substr(0, host.find('.')));
    }
    target.key = percent_decode(path);
    for (std::string_view rest = request.query(); !rest.empty();) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const size_t equals = std::min(pair.find('='), pair.size());
        target.query.emplace_back(percent_decode(pair.substr(0, equals)),
                                  percent_decode(pair.substr(std::min(equals + 1, pair.size()))));
    }
    return target;
}

OssAuth authenticate_oss(const Account& account, const Request& request, const OssTarget& target,
                         TimePoint now) {
    return Check(account, request, target, now).run();
}

std::string oss_encode(std::string_view text) {
    return percent_encode(text, false);
}

}  // namespace millrace::standin
