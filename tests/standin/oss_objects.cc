#include <algorithm>
#include <charconv>

#include "common/crypto/digest.h"
#include "common/net/url.h"
#include "tests/standin/http_date.h"
#include "tests/standin/oss_actions.h"
#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

constexpr size_t kKeyMax = 1023;

void add_object_headers(const OssObject& object, Response& response) {
    response.headers.insert(
        response.headers.end(),
        {{"ETag", object.etag},
         {"Last-Modified", http_date(TimePoint(std::chrono::milliseconds(object.modified_ms)))},
         {"x-oss-object-type", object.type},
         {"x-oss-hash-crc64ecma", std::to_string(object.crc64)},
         {"x-oss-storage-class", "Standard"}});
}

std::optional<uint64_t> number(std::string_view text) {
    uint64_t value = 0;
    const char* end = text.data() + text.size();
    if (text.empty() || std::from_chars(text.data(), end, value).ptr != end) return std::nullopt;
    return value;
}

// [first, last] of a single range; nothing when it cannot be met or is not understood.
std::optional<std::pair<uint64_t, uint64_t>> range_of(std::string_view header, uint64_t size) {
    if (!header.starts_with("bytes=")) return std::nullopt;
    header.remove_prefix(6);
    const size_t dash = header.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = number(header.substr(0, dash)), last = number(header.substr(dash + 1));
    if (!first) {  // the last n bytes
        if (!last || *last == 0 || size == 0) return std::nullopt;
        return std::pair(size - std::min(*last, size), size - 1);
    }
    if (*first >= size || (last && *last < *first)) return std::nullopt;
    return std::pair(*first, std::min(last.value_or(size - 1), size - 1));
}

bool same_tag(std::string a, std::string b) {
    std::erase(a, '"');
    std::erase(b, '"');
    return a == "*" || lower(a) == lower(b);
}

// 304 or 412 by If-Match and If-None-Match; 0 = go on.
int precondition(const OssCall& call, const OssObject& object) {
    const std::string match = call.header("if-match"), none = call.header("if-none-match");
    if (!match.empty() && !same_tag(match, object.etag)) return 412;
    if (!none.empty() && same_tag(none, object.etag)) return 304;
    return 0;
}

Response stored(const OssObject& object) {
    Response response;
    response.headers = {{"ETag", object.etag},
                        {"x-oss-hash-crc64ecma", std::to_string(object.crc64)}};
    if (!object.md5.empty()) response.headers.emplace_back("Content-MD5", object.md5);
    return response;
}

// Why a put of this request cannot be taken; nothing = it can.
std::optional<Response> refusal(const OssCall& call) {
    const std::string& key = call.target.key;
    if (key.size() > kKeyMax || key.front() == '/' || key.front() == '\\') {
        return oss_error(call, 400, "InvalidObjectName", "The specified object is not valid.");
    }
    const std::string md5 = call.header("content-md5");
    if (!md5.empty() && md5 != base64(call.md5)) {
        return oss_error(call, 400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    return std::nullopt;
}

}  // namespace

Response put_object(OssCall& call) {
    if (auto refused = refusal(call)) return *refused;
    if (overwrite_forbidden(call)) return already_exists(call);
    OssObject object{.bytes = call.body,
                     .etag = quoted(upper_hex(call.md5)),
                     .md5 = base64(call.md5),
                     .crc64 = call.crc64,
                     .modified_ms = call.now_ms,
                     .kept = kept_headers(call)};
    return stored(call.bucket->objects[call.target.key] = std::move(object));
}

Response get_object(OssCall& call) {
    const auto found = call.bucket->objects.find(call.target.key);
    if (found == call.bucket->objects.end()) return no_such_key(call, call.target.key);
    const OssObject& object = found->second;
    Response response;
    if (call.target.has("objectMeta")) {
        add_object_headers(object, response);
        response.headers.resize(2);  // ETag and Last-Modified
        response.body = object.bytes;
        return response;
    }
    const int status = precondition(call, object);
    if (status == 412) {
        return oss_error(call, 412, "PreconditionFailed",
                         "At least one of the pre-conditions you specified did not hold.");
    }
    response.status = status == 304 ? 304 : 200;
    add_object_headers(object, response);
    if (status == 304) return response;
    response.headers.emplace_back("Accept-Ranges", "bytes");
    response.headers.insert(response.headers.end(), object.kept.begin(), object.kept.end());
    if (object.type == "Appendable") {
        response.headers.emplace_back("x-oss-next-append-position",
                                      std::to_string(object.bytes->size()));
    }
    const uint64_t size = object.bytes->size();
    const std::string range = call.header("range");
    const auto part = range_of(range, size);
    if (!range.empty() && !part && call.header("x-oss-range-behavior") == "standard") {
        return oss_error(call, 416, "InvalidRange", "The requested range cannot be satisfied.",
                         {{"RangeRequested", range}, {"ActualObjectSize", std::to_string(size)}});
    }
    if (part) {
        response.status = 206;
        response.headers.emplace_back("Content-Range", "bytes " + std::to_string(part->first) +
                                                           "-" + std::to_string(part->second) +
                                                           "/" + std::to_string(size));
        response.set_body(object.bytes->substr(part->first, part->second - part->first + 1));
        return response;
    }
    if (!object.md5.empty()) response.headers.emplace_back("Content-MD5", object.md5);
    response.body = object.bytes;
    return response;
}

Response append_object(OssCall& call) {
    if (auto refused = refusal(call)) return *refused;
    const auto found = call.bucket->objects.find(call.target.key);
    const bool there = found != call.bucket->objects.end();
    if (there && found->second.type != "Appendable") {
        return oss_error(call, 409, "ObjectNotAppendable", "The object is not appendable");
    }
    if (overwrite_forbidden(call) && call.parameter("position") == "0") return already_exists(call);
    const uint64_t length = there ? found->second.bytes->size() : 0;
    const uint64_t crc = there ? found->second.crc64 : 0;
    const auto position = number(call.parameter("position"));
    if (position != length) {
        Response response = oss_error(call, 409, "PositionNotEqualToLength",
                                      "Position is not equal to file length");
        response.headers.emplace_back("x-oss-next-append-position", std::to_string(length));
        response.headers.emplace_back("x-oss-hash-crc64ecma", std::to_string(crc));
        return response;
    }
    OssObject& object = call.bucket->objects[call.target.key];
    if (!there) object.kept = kept_headers(call);
    object.type = "Appendable";
    object.bytes =
        std::make_shared<const std::string>((there ? *object.bytes : std::string()) + *call.body);
    object.crc64 = oss_crc64(crc, *call.body);
    object.etag = quoted(upper_hex(md5(std::to_string(object.crc64))).substr(0, 24) + "00000000");
    object.modified_ms = call.now_ms;
    Response response = stored(object);
    response.headers.emplace_back("x-oss-next-append-position",
                                  std::to_string(object.bytes->size()));
    return response;
}

const OssObject* copy_source(OssCall& call, Response& error) {
    std::string source = call.header("x-oss-copy-source");
    std::replace(source.begin(), source.end(), '+', ' ');  // one SDK sends blanks so
    source = percent_decode(source);
    if (source.starts_with('/')) source.erase(0, 1);
    const size_t slash = std::min(source.find('/'), source.size());
    const auto bucket = call.buckets.find(source.substr(0, slash));
    if (bucket == call.buckets.end()) {
        error = oss_error(call, 404, "NoSuchBucket", "The specified bucket does not exist.",
                          {{"BucketName", source.substr(0, slash)}});
        return nullptr;
    }
    const std::string key = source.substr(std::min(slash + 1, source.size()));
    const auto object = bucket->second.objects.find(key);
    if (object == bucket->second.objects.end()) {
        error = no_such_key(call, key);
        return nullptr;
    }
    return &object->second;
}

Response copy_object(OssCall& call) {
    Response error;
    const OssObject* source = copy_source(call, error);
    if (!source) return error;
    if (source->type == "Appendable") {
        return oss_error(call, 409, "ObjectNotCopyable", "The object is not copyable");
    }
    if (overwrite_forbidden(call)) return already_exists(call);
    OssObject copy = *source;
    copy.modified_ms = call.now_ms;
    if (call.header("x-oss-metadata-directive") == "REPLACE") copy.kept = kept_headers(call);
    Response response =
        oss_document("<CopyObjectResult>" + xml_element("LastModified", oss_time(call.now_ms)) +
                     xml_element("ETag", copy.etag) + "</CopyObjectResult>");
    response.headers.emplace_back("x-oss-hash-crc64ecma", std::to_string(copy.crc64));
    response.headers.emplace_back("ETag", copy.etag);
    call.bucket->objects[call.target.key] = std::move(copy);
    return response;
}

}  // namespace millrace::standin
