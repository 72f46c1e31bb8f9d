#include "bench/near_cloud.h"

#include <algorithm>
#include <cstdio>

#include "bench/records.h"
#include "common/base/check.h"
#include "common/codec/crc64.h"
#include "common/crypto/digest.h"
#include "common/services/tablestore/sign.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kBulkChanges = 1024;  // the writer's default batchSize

std::string bulk_answer(uint64_t items) {
    std::string text = "{\"items\":[";
    for (uint64_t i = 0; i < items; ++i) {
        text += i == 0 ? "{\"index\":{\"status\":201}}" : ",{\"index\":{\"status\":201}}";
    }
    return text + "]}";
}

HttpAnswer ok(std::string_view body, Headers headers = {}) {
    HttpAnswer answer;
    answer.status = 200;
    answer.headers = std::move(headers);
    answer.body.append(body);
    return answer;
}

bool has(const HttpRequest& request, std::string_view part) {
    return request.url.find(part) != std::string::npos;
}

}  // namespace

NearCloud::NearCloud(Content content) : full_bulk_(bulk_answer(kBulkChanges)) {
    const bool table = content == Content::kTable;
    const std::string_view action = table ? "GetRange" : "GetStreamRecord";
    for (uint64_t i = 0; i < kDistinctPages; ++i) {
        pages_.push_back(
            signed_page(action, table ? range_page(i) : page(i, content == Content::kUpdates)));
    }
    tablestore::wire::GetRangeResponse no_rows;
    no_rows.mutable_consumed()->mutable_capacity_unit()->set_read(1);
    no_rows.set_rows("");
    end_ = signed_page(action, table ? no_rows.SerializeAsString() : std::string());
}

NearCloud::Page NearCloud::signed_page(std::string_view action, std::string body) {
    Headers headers = {{"x-ots-contentmd5", base64(md5(body))},
                       {"x-ots-contenttype", "application/x.pb2"},
                       {"x-ots-date", "2023-11-15T00:00:00.000Z"},
                       {"x-ots-requestid", "00000000-0000-0000-0000-000000000000"}};
    const std::string text = tablestore::response_string_to_sign(action, headers);
    headers.emplace_back("authorization",
                         std::string("OTS ") + kAccessId + ":" +
                             tablestore::response_signature(Secret(kAccessKey), text));
    return {std::move(body), std::move(headers)};
}

oss::ObjectStart NearCloud::object(uint64_t pages) {
    object_.clear();
    uint64_t rest = 0;  // bytes of the last, shorter round
    for (uint64_t i = 0; i < kDistinctPages; ++i) {
        if (i == pages % kDistinctPages) rest = object_.size();
        object_ += csv_page(i);
    }
    const uint64_t length = pages / kDistinctPages * object_.size() + rest;
    return {.object = "user_info.csv", .etag = "E", .length = length};
}

void NearCloud::begin(uint64_t pages) {
    pages_left_ = pages;
    records_left_ = pages * kRecordsPerPage;
    parts_ = 0;
}

HttpClient::Ticket NearCloud::submit(HttpRequest request) {
    answers_.emplace(++last_, answer(request));
    return last_;
}

Result<HttpAnswer> NearCloud::wait(Ticket ticket) {
    auto node = answers_.extract(ticket);
    MILLRACE_CHECK(!node.empty());
    return std::move(node.mapped());
}

void NearCloud::cancel(Ticket ticket) {
    answers_.erase(ticket);
}

HttpAnswer NearCloud::answer(HttpRequest& request) {
    if (has(request, "/GetStreamRecord") || has(request, "/GetRange")) return next_page(request);
    if (has(request, "user_info.csv")) return range(request);
    if (has(request, "/_bulk")) return bulk();
    if (has(request, "/_mget")) return not_found(request);
    if (has(request, "?uploads")) {
        return ok(
            "<InitiateMultipartUploadResult><UploadId>upload</UploadId>"
            "</InitiateMultipartUploadResult>");
    }
    if (has(request, "partNumber=")) return part(request);
    return HttpAnswer{.status = 400};
}

// Copied once into the memory that the request brought along, as a network would do.
HttpAnswer NearCloud::next_page(HttpRequest& request) {
    const Page& page = pages_left_ == 0 ? end_ : pages_[pages_left_ % pages_.size()];
    if (pages_left_ > 0) --pages_left_;
    HttpAnswer answer;
    answer.status = 200;
    answer.headers = page.headers;
    answer.body = std::move(request.answer_buffer);
    answer.body.clear();
    answer.body.append(page.body);
    return answer;
}

HttpAnswer NearCloud::range(HttpRequest& request) {
    uint64_t first = 0, last = 0;
    const std::string text(find_header(request.headers, "range"));
    MILLRACE_CHECK(std::sscanf(text.c_str(), "bytes=%lu-%lu", &first, &last) == 2);
    HttpAnswer answer;
    answer.status = 206;
    answer.body = std::move(request.answer_buffer);
    answer.body.clear();
    while (first <= last) {
        const std::string_view piece =
            std::string_view(object_).substr(first % object_.size(), last - first + 1);
        answer.body.append(piece);
        first += piece.size();
    }
    return answer;
}

HttpAnswer NearCloud::part(const HttpRequest& request) {
    std::string& checksum = checksums_[parts_++];
    if (checksum.empty()) checksum = std::to_string(crc64(0, request.body));
    return ok({}, {{"etag", "\"E\""}, {"x-oss-hash-crc64ecma", checksum}});
}

HttpAnswer NearCloud::bulk() {
    const uint64_t items = std::min(kBulkChanges, records_left_);
    records_left_ -= items;
    return ok(items == kBulkChanges ? full_bulk_ : bulk_answer(items));
}

HttpAnswer NearCloud::not_found(const HttpRequest& request) {
    const auto ids = std::count(request.body.begin(), request.body.end(), ',') + 1;
    std::string text = "{\"docs\":[";
    for (int64_t i = 0; i < ids; ++i) text += i == 0 ? "{\"found\":false}" : ",{\"found\":false}";
    return ok(text + "]}");
}

}  // namespace millrace::bench
