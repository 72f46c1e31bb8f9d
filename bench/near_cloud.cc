#include "bench/near_cloud.h"

#include <cstdio>

#include "bench/records.h"
#include "common/base/check.h"
#include "common/services/oss/object_item.h"
#include "common/stream/position.h"
#include "tablestore.pb.h"

namespace millrace::bench {
NearCloud::NearCloud(SourceKind source) : source_(source) {
    if (source == SourceKind::kPartition) return;
    if (source == SourceKind::kObject) {
        for (uint64_t i = 0; i < kDistinctPages; ++i) object_ += csv_page(i);
        return;
    }
    const bool table = source == SourceKind::kTable;
    const std::string_view action = table ? "GetRange" : "GetStreamRecord";
    const auto signed_page = [&](std::string body) {
        Headers headers = signed_headers(action, body);
        return Page{std::move(body), std::move(headers)};
    };
    for (uint64_t i = 0; i < kDistinctPages; ++i) {
        pages_.push_back(
            signed_page(table ? range_page(i) : page(i, source == SourceKind::kUpdates)));
    }
    tablestore::wire::GetRangeResponse no_rows;
    no_rows.mutable_consumed()->mutable_capacity_unit()->set_read(1);
    no_rows.set_rows("");
    end_ = signed_page(table ? no_rows.SerializeAsString() : std::string());
}

std::string NearCloud::start(uint64_t pages) {
    if (source_ == SourceKind::kPartition) return partition_.start(pages * kRecordsPerPage);
    if (source_ == SourceKind::kTable) return {};
    if (source_ == SourceKind::kObject) return object_start(pages);
    ItemStart start;
    start.place.iterator = "page";
    return to_json(start);
}

std::string NearCloud::object_start(uint64_t pages) const {
    uint64_t length = pages / kDistinctPages * object_.size();
    for (uint64_t i = 0; i < pages % kDistinctPages; ++i) length += csv_page(i).size();
    return oss::ObjectStart{.object = "user_info.csv", .etag = "E", .length = length}.json();
}

void NearCloud::begin(uint64_t pages) {
    pages_left_ = pages;
    sinks_.begin(pages * kRecordsPerPage);
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
    if (auto read = partition_.answer(request)) return *std::move(read);
    if (auto taken = sinks_.answer(request)) return *std::move(taken);
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

}  // namespace millrace::bench
