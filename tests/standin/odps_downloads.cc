#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "tests/standin/odps_actions.h"
#include "tests/standin/odps_compression.h"
#include "tests/standin/odps_record_stream.h"

namespace millrace::standin {
namespace {

OdpsDownload& download_of(OdpsCall& call) {
    const auto found = call.store.downloads.find(call.parameter("downloadid"));
    if (found == call.store.downloads.end())
        odps_refuse(404, "NoSuchDownload", "The specified download id does not exist.");
    odps_check_session(call, found->second);
    return found->second;
}

Response answer(const std::string& id, OdpsDownload& download) {
    nlohmann::ordered_json json = odps_session_json(download, "DownloadID", id);
    if (download.polls_left > 0) {
        --download.polls_left;
        json["Status"] = "initiating";
    } else {
        json["RecordCount"] = download.count;
    }
    return odps_json(json);
}

struct RowRange {
    size_t start = 0, count = 0;
};

RowRange range_of(const OdpsCall& call, size_t rows) {
    RowRange range;
    const std::string text = call.parameter("rowrange");
    const bool read = std::sscanf(text.c_str(), "(%zu,%zu)", &range.start, &range.count) == 2;
    if (!read || range.start > rows || range.count > rows - range.start)
        odps_refuse(400, "InvalidRowRange", "The specified row range is not valid.");
    return range;
}

std::string records(const std::vector<OdpsRows>& pieces, const OdpsSchema& schema,
                    const std::vector<size_t>& columns, RowRange range) {
    std::vector<const OdpsType*> types;
    for (const size_t at : columns) types.push_back(&schema.columns[at].type);
    OdpsRecordWriter writer(std::move(types));
    for (const OdpsRows& piece : pieces) {
        const size_t from = std::min(range.start, piece->size());
        const size_t to = std::min(from + range.count, piece->size());
        for (size_t i = from; i < to; ++i) writer.add((*piece)[i], columns);
        range.start -= from;
        range.count -= to - from;
    }
    return writer.finish();
}

}  // namespace

std::vector<size_t> odps_columns(const OdpsCall& call, const OdpsSchema& schema) {
    std::vector<size_t> chosen;
    const std::string text = lower(call.parameter("columns"));
    if (text.empty()) {
        for (size_t i = 0; i < schema.columns.size(); ++i) chosen.push_back(i);
        return chosen;
    }
    for (size_t at = 0; at <= text.size();) {
        const size_t end = std::min(text.find(',', at), text.size());
        const std::string name = text.substr(at, end - at);
        const auto found = std::find_if(schema.columns.begin(), schema.columns.end(),
                                        [&](const OdpsColumn& one) { return one.name == name; });
        if (found == schema.columns.end())
            odps_refuse(400, "InvalidColumnSpec", "The specified columns are not valid.");
        chosen.push_back(static_cast<size_t>(found - schema.columns.begin()));
        at = end + 1;
    }
    return chosen;
}

Response odps_create_download(OdpsCall& call) {
    OdpsDownload download;
    static_cast<OdpsSession&>(download) = odps_begin_session(call);
    const OdpsPartition& partition = odps_partition(call, download);
    download.pieces = partition.pieces;
    download.count = partition.count();
    download.rewrites = partition.rewrites;
    if (call.parameter("asyncmode") == "true")
        download.polls_left = call.hostility.initiating_polls;
    const std::string id = call.stamped(17);
    return answer(id, call.store.downloads[id] = std::move(download));
}

Response odps_get_download(OdpsCall& call) {
    return answer(call.parameter("downloadid"), download_of(call));
}

Response odps_read_download(OdpsCall& call) {
    const OdpsDownload& download = download_of(call);
    if (download.status != OdpsStatus::kNormal || download.polls_left > 0) odps_status_conflict();
    if (call.has("arrow"))
        odps_refuse(400, "InvalidArgument", "The stand-in gives record streams, not Arrow.");
    if (call.parameter("disable_modified_check") != "true" &&
        odps_partition(call, download).rewrites != download.rewrites)
        odps_refuse(409, "TableModified",
                    "The specified table has been modified since the download was initiated.");
    const RowRange range = range_of(call, download.count);
    const auto schema = download.schema;
    const std::vector<size_t> columns = odps_columns(call, *schema);
    const std::vector<OdpsRows> pieces = download.pieces;
    call.lock.unlock();  // encoding takes long
    std::string bytes = records(pieces, *schema, columns, range);
    Response response;
    response.headers.emplace_back("Content-Type", "application/octet-stream");
    const std::string* accepted = call.request.header("accept-encoding");
    if (accepted && lower(*accepted).find("deflate") != std::string::npos) {
        response.headers.emplace_back("Content-Encoding", "deflate");
        bytes = zlib_deflate(bytes);
    }
    response.set_body(std::move(bytes));
    return response;
}

}  // namespace millrace::standin
