#include <charconv>

#include "tests/standin/odps_actions.h"
#include "tests/standin/odps_arrow.h"

namespace millrace::standin {
namespace {

constexpr size_t kPreviewRows = 10'000;  // at most, and where the limit is -1

size_t limit_of(const OdpsCall& call) {
    const std::string text = call.parameter("limit");
    int64_t limit = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (!text.empty() && (read.ec != std::errc() || read.ptr != text.data() + text.size()))
        odps_refuse(400, "InvalidArgument", "The specified limit is not valid.");
    return limit < 0 ? kPreviewRows : std::min(static_cast<size_t>(limit), kPreviewRows);
}

// Of the partition that is asked for, else of all of them.
std::vector<OdpsRows> pieces_of(const OdpsCall& call, const OdpsTable& table) {
    std::vector<OdpsRows> pieces;
    const bool all = call.parameter("partition").empty();
    const OdpsPartitionKey key = all ? OdpsPartitionKey() : odps_partition_key(call, table);
    if (!all && !table.partitions.contains(key))
        odps_refuse(404, "NoSuchPartition", "The specified partition does not exist.");
    for (const auto& [name, partition] : table.partitions) {
        if (!all && name != key) continue;
        pieces.insert(pieces.end(), partition.pieces.begin(), partition.pieces.end());
    }
    return pieces;
}

}  // namespace

Response odps_preview_table(OdpsCall& call) {
    const OdpsTable& table = odps_table(call);
    const auto schema = table.schema;
    const std::vector<size_t> columns = odps_columns(call, *schema);
    const std::vector<OdpsRows> pieces = pieces_of(call, table);
    const size_t limit = limit_of(call);
    call.lock.unlock();  // encoding takes long
    std::vector<const OdpsRow*> rows;
    for (const OdpsRows& piece : pieces) {
        for (const OdpsRow& row : *piece)
            if (rows.size() < limit) rows.push_back(&row);
    }
    auto stream = odps_arrow_stream(*schema, columns, rows);
    if (!stream)
        odps_refuse(501, "NotImplemented", "This stand-in was built without Apache Arrow.");
    Response response;
    response.headers.emplace_back("Content-Type", "application/octet-stream");
    response.set_body(std::move(*stream));
    return response;
}

}  // namespace millrace::standin
