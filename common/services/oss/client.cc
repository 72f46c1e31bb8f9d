#include "common/services/oss/client.h"

#include <algorithm>

#include "common/codec/crc64.h"
#include "common/crypto/digest.h"
#include "common/net/http_date.h"
#include "common/net/xml.h"
#include "common/services/oss/reply.h"

namespace millrace::oss {
namespace {

constexpr Duration kTransferTime = std::chrono::seconds(120);
constexpr size_t kDeleteMax = 1000;  // keys of one request
constexpr size_t kUploadsMax = 1'000'000;

Status check_crc64(const HttpAnswer& answer, uint64_t crc) {
    const std::optional<uint64_t> theirs = crc64_of(answer.headers);
    if (!theirs || *theirs == crc) return {};
    return Status(Code::kCorrupt, "its CRC-64 differs from ours");
}

bool fits_xml(std::string_view key) {
    return std::none_of(key.begin(), key.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::string delete_document(std::span<const std::string> keys) {
    std::string xml = "<Delete><Quiet>false</Quiet>";
    for (const std::string& key : keys) {
        xml += "<Object><Key>" + xml_escape(key) + "</Key></Object>";
    }
    return xml + "</Delete>";
}

std::string complete_document(std::span<const CompletedPart> parts) {
    std::string xml = "<CompleteMultipartUpload>";
    for (const CompletedPart& part : parts) {
        xml += "<Part><PartNumber>" + std::to_string(part.number) + "</PartNumber><ETag>\"" +
               xml_escape(part.etag) + "\"</ETag></Part>";
    }
    return xml + "</CompleteMultipartUpload>";
}

}  // namespace

Client::Client(const CallContext& context, Config config, RetryPolicy policy)
    : context_(context), config_(std::move(config)), policy_(policy) {}

std::string Client::place(const std::string& key) const {
    return "oss://" + config_.bucket + "/" + key;
}

void Client::correct_clock(const HttpAnswer& answer) {
    const auto theirs = parse_http_date(find_header(answer.headers, "date"));
    if (theirs) clock_offset_ = *theirs - context_.clock.now();
}

Call::Build Client::builder(const Request& request, Buffer* reuse) {
    return [this, &request, reuse] {
        HttpRequest http = to_http(config_, request, context_.clock.now() + clock_offset_);
        if (reuse) http.answer_buffer = std::move(*reuse);
        return http;
    };
}

Call::Judge Client::judge(std::string what, Check check) {
    return [this, what = std::move(what), check = std::move(check),
            again = false](const HttpAnswer& answer) mutable -> Status {
        const Status status = status_of(answer, what);
        if (status.ok()) {
            const Status checked = check ? check(answer) : Status();
            return checked.with_context("the answer to \"" + what + "\"");
        }
        const ErrorRow* row = find_error(status.service_code());
        if (!row || !row->once || std::exchange(again, true)) return status;
        if (row->service_code == "RequestTimeTooSkewed") correct_clock(answer);
        return Status(Code::kRetry, status.text()).with_service_code(status.service_code());
    };
}

Result<HttpAnswer> Client::send(const Request& request, std::string what, Check check) {
    return call(context_, policy_, builder(request), judge(std::move(what), std::move(check)));
}

Result<BucketInfo> Client::bucket_info() {
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send({.query = {{"bucketInfo", ""}}}, "describe bucket " + config_.bucket));
    return read_bucket_info(answer);
}

Result<bool> Client::bucket_exists() {
    const Result<BucketInfo> info = bucket_info();
    if (info.ok()) return true;
    if (info.status().service_code() == "NoSuchBucket") return false;
    return info.status();
}

Result<ObjectInfo> Client::put_object(const std::string& key, std::string_view body,
                                      const PutOptions& options) {
    Request request{.method = Method::kPut, .key = key, .body = body};
    request.headers.emplace_back("Content-Type", options.content_type);
    if (options.forbid_overwrite) request.headers.emplace_back("x-oss-forbid-overwrite", "true");
    request.timeouts.total = kTransferTime;
    const uint64_t crc = crc64(0, body);
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send(request, "put " + place(key),
                         [&](const HttpAnswer& a) { return check_crc64(a, crc); }));
    return ObjectInfo{key, body.size(), etag_of(answer.headers), crc, "Normal"};
}

Result<Buffer> Client::get_object(const std::string& key) {
    Request request{.key = key};
    request.timeouts.total = kTransferTime;
    MILLRACE_ASSIGN(HttpAnswer answer, send(request, "get " + place(key), [](const HttpAnswer& a) {
                        return check_crc64(a, crc64(0, a.body.view()));
                    }));
    return std::move(answer.body);
}

Request Client::range_request(const std::string& key, ByteRange range) const {
    Request request{.key = key};
    request.headers.emplace_back(
        "Range", "bytes=" + std::to_string(range.first) + "-" + std::to_string(range.last));
    // Without this the whole object is sent when the range cannot be met.
    request.headers.emplace_back("x-oss-range-behavior", "standard");
    request.timeouts.total = kTransferTime;
    return request;
}

Result<Buffer> Client::get_range(const std::string& key, ByteRange range) {
    const Request request = range_request(key, range);
    const uint64_t length_max = range.last - range.first + 1;
    MILLRACE_ASSIGN(HttpAnswer answer,
                    send(request, "get a range of " + place(key), [&](const HttpAnswer& a) {
                        const bool sound = a.status == 206 && a.body.size() <= length_max;
                        return sound ? Status() : Status(Code::kCorrupt, "it is not that range");
                    }));
    return std::move(answer.body);
}

Result<ObjectInfo> Client::head_object(const std::string& key) {
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send({.method = Method::kHead, .key = key}, "look at " + place(key)));
    MILLRACE_ASSIGN(ObjectInfo object, read_object_headers(answer));
    object.key = key;
    return object;
}

Status Client::delete_object(const std::string& key) {
    return send({.method = Method::kDelete, .key = key}, "delete " + place(key)).status();
}

Status Client::delete_objects(std::span<const std::string> keys) {
    std::vector<std::string> batchable;
    for (const std::string& key : keys) {
        if (fits_xml(key)) {
            batchable.push_back(key);
        } else {
            MILLRACE_TRY(delete_object(key));
        }
    }
    for (size_t first = 0; first < batchable.size(); first += kDeleteMax) {
        const auto batch = std::span<const std::string>(batchable).subspan(
            first, std::min(kDeleteMax, batchable.size() - first));
        const std::string xml = delete_document(batch);
        Request request{.method = Method::kPost, .body = xml};
        request.query = {{"delete", ""}, {"encoding-type", "url"}};
        request.headers = {{"Content-Type", "application/xml"}, {"Content-MD5", base64(md5(xml))}};
        const std::string what = "delete objects of bucket " + config_.bucket;
        MILLRACE_ASSIGN(const HttpAnswer answer, send(request, what));
        MILLRACE_ASSIGN(std::vector<std::string> gone, read_deleted(answer));
        std::sort(gone.begin(), gone.end());
        for (const std::string& key : batch) {
            if (!std::binary_search(gone.begin(), gone.end(), key)) {
                return fatal_error("OSS did not delete " + place(key) + " and gave no reason");
            }
        }
    }
    return {};
}

Result<std::vector<ObjectInfo>> Client::list_objects(const std::string& prefix, size_t max) {
    std::vector<ObjectInfo> objects;
    std::string token;
    for (;;) {
        Request request;
        request.query = {
            {"list-type", "2"}, {"prefix", prefix}, {"max-keys", "1000"}, {"encoding-type", "url"}};
        if (!token.empty()) request.query.emplace_back("continuation-token", token);
        MILLRACE_ASSIGN(const HttpAnswer answer, send(request, "list " + place(prefix) + "*"));
        MILLRACE_ASSIGN(ObjectPage page, read_objects(answer));
        std::move(page.objects.begin(), page.objects.end(), std::back_inserter(objects));
        if (objects.size() > max) {
            return fatal_error(place(prefix) + "* has more than " + std::to_string(max) +
                               " objects");
        }
        if (!page.next) return objects;
        if (*page.next == token) return Status(Code::kCorrupt, "a listing does not go on");
        token = *page.next;
    }
}

Result<std::string> Client::initiate_multipart(const std::string& key) {
    const Request request{.method = Method::kPost, .key = key, .query = {{"uploads", ""}}};
    MILLRACE_ASSIGN(const HttpAnswer answer, send(request, "begin the upload of " + place(key)));
    return read_upload_id(answer);
}

Result<PartInfo> Client::upload_part(const std::string& key, const std::string& upload_id,
                                     uint32_t number, std::string_view body) {
    PartUpload upload(*this, key, upload_id, number, body, crc64(0, body));
    upload.start();
    return upload.finish();
}

Result<ObjectInfo> Client::complete_multipart(const std::string& key, const std::string& upload_id,
                                              std::span<const CompletedPart> parts,
                                              bool forbid_overwrite) {
    const std::string xml = complete_document(parts);
    Request request{.method = Method::kPost, .key = key, .query = {{"uploadId", upload_id}}};
    request.body = xml;
    request.headers.emplace_back("Content-Type", "application/xml");
    if (forbid_overwrite) request.headers.emplace_back("x-oss-forbid-overwrite", "true");
    request.timeouts.total = kTransferTime;
    MILLRACE_ASSIGN(const HttpAnswer answer, send(request, "complete " + place(key)));
    MILLRACE_ASSIGN(std::string etag, read_completed_etag(answer));
    return ObjectInfo{key, 0, std::move(etag), crc64_of(answer.headers), "Multipart"};
}

Status Client::abort_multipart(const std::string& key, const std::string& upload_id) {
    const Request request{
        .method = Method::kDelete, .key = key, .query = {{"uploadId", upload_id}}};
    const Status status = send(request, "abort the upload of " + place(key)).status();
    return status.service_code() == "NoSuchUpload" ? Status() : status;
}

Result<std::vector<PartInfo>> Client::list_parts(const std::string& key,
                                                 const std::string& upload_id) {
    std::vector<PartInfo> parts;
    uint32_t marker = 0;
    for (;;) {
        Request request{.key = key, .query = {{"uploadId", upload_id}}};
        if (marker > 0) request.query.emplace_back("part-number-marker", std::to_string(marker));
        MILLRACE_ASSIGN(const HttpAnswer answer, send(request, "list the parts of " + place(key)));
        MILLRACE_ASSIGN(PartPage page, read_parts(answer));
        std::move(page.parts.begin(), page.parts.end(), std::back_inserter(parts));
        if (!page.next) return parts;
        if (*page.next <= marker) return Status(Code::kCorrupt, "a list of parts does not go on");
        marker = *page.next;
    }
}

Result<std::vector<UploadInfo>> Client::list_multipart_uploads(const std::string& prefix) {
    std::vector<UploadInfo> uploads;
    std::pair<std::string, std::string> marker;
    for (;;) {
        Request request{.query = {{"uploads", ""}, {"encoding-type", "url"}, {"prefix", prefix}}};
        if (!marker.first.empty()) {
            request.query.emplace_back("key-marker", marker.first);
            request.query.emplace_back("upload-id-marker", marker.second);
        }
        MILLRACE_ASSIGN(const HttpAnswer answer, send(request, "list uploads to " + place(prefix)));
        MILLRACE_ASSIGN(UploadPage page, read_uploads(answer));
        std::move(page.uploads.begin(), page.uploads.end(), std::back_inserter(uploads));
        if (uploads.size() > kUploadsMax) return fatal_error("too many uploads are open");
        if (!page.next) return uploads;
        if (*page.next == marker) return Status(Code::kCorrupt, "a list of uploads does not go on");
        marker = *page.next;
    }
}

PartUpload::PartUpload(Client& client, const std::string& key, const std::string& upload_id,
                       uint32_t number, std::string_view body, uint64_t crc64)
    : part_{number, body.size(), {}, crc64},
      request_{.method = Method::kPut,
               .key = key,
               .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id}},
               .headers = {{"Content-Type", "application/octet-stream"}},
               .body = body,
               .timeouts = {.total = kTransferTime}},
      call_(client.context_, client.policy_, client.builder(request_),
            client.judge("upload part " + std::to_string(number) + " of " + client.place(key),
                         [this](const HttpAnswer& answer) { return check(answer); })) {}

Status PartUpload::check(const HttpAnswer& answer) const {
    const std::string etag = etag_of(answer.headers);
    if (etag.empty()) return Status(Code::kCorrupt, "it has no ETag");
    if (crc64_of(answer.headers)) return check_crc64(answer, *part_.crc64);
    if (same_etag(etag, hex(md5(request_.body)))) return {};
    return Status(Code::kCorrupt, "it has no CRC-64 and its ETag is not the MD5 of what was sent");
}

Result<PartInfo> PartUpload::finish() {
    MILLRACE_ASSIGN(const HttpAnswer answer, call_.finish());
    part_.etag = etag_of(answer.headers);
    return part_;
}

}  // namespace millrace::oss
