#include "bench/near_sinks.h"

#include <algorithm>

#include "common/codec/crc64.h"
#include "tablestore.pb.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kBulkChanges = 1024;  // the writers' defaults
constexpr uint64_t kRequestRows = 200;

std::string bulk_answer(uint64_t items) {
    std::string text = "{\"items\":[";
    for (uint64_t i = 0; i < items; ++i) {
        text += i == 0 ? "{\"index\":{\"status\":201}}" : ",{\"index\":{\"status\":201}}";
    }
    return text + "]}";
}

HttpAnswer rows_answer(uint64_t rows) {
    tablestore::wire::BatchWriteRowResponse answer;
    auto& table = *answer.add_tables();
    table.set_table_name("user_info");
    for (uint64_t i = 0; i < rows; ++i) {
        auto& row = *table.add_rows();
        row.set_is_ok(true);
        row.mutable_consumed()->mutable_capacity_unit()->set_write(1);
    }
    const std::string body = answer.SerializeAsString();
    return ok(body, signed_headers("BatchWriteRow", body));
}

HttpAnswer none_found(const HttpRequest& request) {
    const auto ids = std::count(request.body.begin(), request.body.end(), ',') + 1;
    std::string text = "{\"docs\":[";
    for (int64_t i = 0; i < ids; ++i) text += i == 0 ? "{\"found\":false}" : ",{\"found\":false}";
    return ok(text + "]}");
}

}  // namespace

NearSinks::NearSinks()
    : full_bulk_(bulk_answer(kBulkChanges)), full_rows_(rows_answer(kRequestRows)) {}

void NearSinks::begin(uint64_t records) {
    records_left_ = records;
    parts_ = 0;
}

std::optional<HttpAnswer> NearSinks::answer(const HttpRequest& request) {
    if (has(request, "/_bulk")) return bulk();
    if (has(request, "/_mget")) return none_found(request);
    if (has(request, "/BatchWriteRow")) return rows();
    if (has(request, "blockid=")) return ok({});
    if (has(request, "/actions/bulk")) return ok("{\"status\":\"OK\",\"result\":true}");
    // The application does not tell what it is.
    if (has(request, "/apps/")) return ok("{\"status\":\"OK\",\"result\":{}}");
    if (has(request, "?uploads")) {
        return ok(
            "<InitiateMultipartUploadResult><UploadId>upload</UploadId>"
            "</InitiateMultipartUploadResult>");
    }
    if (has(request, "partNumber=")) return part(request);
    return std::nullopt;
}

uint64_t NearSinks::take(uint64_t most) {
    const uint64_t taken = std::min(most, records_left_);
    records_left_ -= taken;
    return taken;
}

HttpAnswer NearSinks::part(const HttpRequest& request) {
    std::string& checksum = checksums_[parts_++];
    if (checksum.empty()) checksum = std::to_string(crc64(0, request.body));
    return ok({}, {{"etag", "\"E\""}, {"x-oss-hash-crc64ecma", checksum}});
}

HttpAnswer NearSinks::bulk() {
    const uint64_t items = take(kBulkChanges);
    return ok(items == kBulkChanges ? full_bulk_ : bulk_answer(items));
}

HttpAnswer NearSinks::rows() {
    const uint64_t count = take(kRequestRows);
    if (count < kRequestRows) return rows_answer(count);
    return ok(full_rows_.body.view(), full_rows_.headers);
}

}  // namespace millrace::bench
