#include "bench/near_partition.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "bench/plugins.h"
#include "bench/records.h"
#include "common/base/check.h"
#include "common/services/maxcompute/partition_item.h"
#include "common/services/maxcompute/record_writer.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kDistinctRows = kDistinctPages * kRecordsPerPage;

std::string encoded_range(uint64_t first, uint64_t count) {
    Buffer bytes;
    maxcompute::RecordWriter writer(bytes);
    for (uint64_t n = first; n < first + count; ++n) {
        const Texts texts = texts_of(n % kDistinctRows);
        writer.begin_record();
        writer.put_bytes(1, texts.uid);
        writer.put_bytes(2, texts.name);
        writer.put_bytes(3, texts.phone);
        writer.put_bytes(4, texts.content);
        writer.end_record();
    }
    writer.end_stream();
    return std::string(bytes.view());
}

}  // namespace

std::string NearPartition::start(uint64_t rows) {
    rows_ = rows;
    return maxcompute::RowsStart{
        .partition = {}, .session = "session", .rows = rows, .first = 0, .count = rows}
        .json();
}

HttpAnswer NearPartition::session() const {
    nlohmann::json columns = nlohmann::json::array();
    for (const maxcompute::Column& column : stored_columns(SourceKind::kPartition)) {
        columns.push_back({{"name", column.name}, {"type", column.type_text}});
    }
    const nlohmann::json session = {{"DownloadID", "session"},
                                    {"Status", "normal"},
                                    {"RecordCount", rows_},
                                    {"Schema", {{"columns", columns}}}};
    return ok(session.dump());
}

std::optional<HttpAnswer> NearPartition::answer(HttpRequest& request) {
    if (!has(request, "downloadid=")) return std::nullopt;
    const size_t at = request.url.find("rowrange=");
    if (at == std::string::npos) return session();
    uint64_t first = 0, count = 0;
    const int read =
        std::sscanf(request.url.c_str() + at, "rowrange=%%28%lu%%2C%lu%%29", &first, &count);
    MILLRACE_CHECK(read == 2);
    std::string& bytes = ranges_[{first, count}];
    if (bytes.empty()) bytes = encoded_range(first, count);
    HttpAnswer answer;
    answer.status = 200;
    answer.body = std::move(request.answer_buffer);
    answer.body.clear();
    answer.body.append(bytes);
    return answer;
}

}  // namespace millrace::bench
