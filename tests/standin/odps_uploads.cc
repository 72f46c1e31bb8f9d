#include <charconv>
#include <nlohmann/json.hpp>

#include "tests/standin/odps_actions.h"
#include "tests/standin/odps_compression.h"
#include "tests/standin/odps_record_stream.h"

namespace millrace::standin {
namespace {

using nlohmann::ordered_json;

constexpr uint32_t kBlockIdMax = 19999;

ordered_json columns_json(const std::vector<OdpsColumn>& columns) {
    ordered_json all = ordered_json::array();
    for (const OdpsColumn& column : columns)
        all.push_back({{"name", column.name},
                       {"type", column.type.text()},
                       {"comment", column.comment},
                       {"nullable", column.nullable ? "true" : "false"}});
    return all;
}

Response answer(const std::string& id, const OdpsUpload& upload) {
    ordered_json json = odps_session_json(upload, "UploadID", id);
    json["MaxFieldSize"] = kOdpsFieldMax;
    json["UploadedBlockList"] = ordered_json::array();
    for (const auto& [block, content] : upload.blocks)
        json["UploadedBlockList"].push_back(
            {{"BlockID", block}, {"CreateTime", content.created_s}});
    return odps_json(json);
}

OdpsUpload& upload_of(OdpsCall& call) {
    const auto found = call.store.uploads.find(call.parameter("uploadid"));
    if (found == call.store.uploads.end())
        odps_refuse(404, "NoSuchUpload", "The specified upload id does not exist.");
    odps_check_session(call, found->second);
    return found->second;
}

void apply(OdpsCall& call, OdpsUpload& upload) {
    OdpsPartition& partition = odps_partition(call, upload);
    std::vector<OdpsRow> rows;
    for (auto& [id, block] : upload.blocks)
        for (OdpsRow& row : std::exchange(block.rows, {})) rows.push_back(std::move(row));
    if (upload.overwrite)
        partition.replace(std::move(rows), call.now_s());
    else
        partition.append(std::move(rows), call.now_s());
    upload.status = OdpsStatus::kClosed;
}

uint32_t block_id(const OdpsCall& call) {
    const std::string text = call.parameter("blockid");
    uint32_t id = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
    if (text.empty() || read.ptr != text.data() + text.size() || id > kBlockIdMax)
        odps_refuse(400, "InvalidBlockID", "The specified block id is not valid.");
    return id;
}

std::vector<OdpsRow> rows_of(const Request& request, const OdpsSchema& schema) {
    const std::string* header = request.header("content-encoding");
    const std::string encoding = header ? lower(*header) : "";
    if (encoding.empty() || encoding == "identity")
        return read_odps_records(schema.columns, request.body);
    if (encoding != "deflate")
        odps_refuse(400, "InvalidArgument",
                    "The stand-in takes blocks raw and as deflate, not as " + encoding + ".");
    const auto plain = zlib_inflate(request.body);
    if (!plain)
        odps_refuse(400, "MalformedDataStream", "The data stream is not a whole zlib stream.");
    return read_odps_records(schema.columns, *plain);
}

}  // namespace

OdpsPartition& odps_partition(OdpsCall& call, const OdpsSession& session) {
    OdpsTable* table = call.store.find(session.table);
    if (!table || table->id != session.table_id)
        odps_refuse(404, "NoSuchTable", "The specified table name does not exist.");
    const auto found = table->partitions.find(session.key);
    if (found == table->partitions.end())
        odps_refuse(404, "NoSuchPartition", "The specified partition does not exist.");
    return found->second;
}

OdpsSession odps_begin_session(OdpsCall& call) {
    const OdpsTable& table = odps_table(call);
    OdpsSession session;
    session.table = table.name;
    session.table_id = table.id;
    session.schema = table.schema;
    session.key = odps_partition_key(call, table);
    session.initiated_ms = call.now_ms;
    return session;
}

ordered_json odps_session_json(const OdpsSession& session, const char* id_name,
                               const std::string& id) {
    return {{id_name, id},
            {"Status", odps_status_name(session.status)},
            {"Initiated", odps_date(session.initiated_ms)},
            {"Owner", kOdpsOwner},
            {"QuotaName", "default"},
            {"Schema",
             {{"columns", columns_json(session.schema->columns)},
              {"partitionKeys", columns_json(session.schema->keys)},
              {"IsVirtualView", false}}}};
}

void odps_check_session(OdpsCall& call, OdpsSession& session) {
    const std::string spec = call.parameter("partition");
    const auto key = spec.empty() ? std::optional(OdpsPartitionKey())
                                  : odps_key(*session.schema, parse_odps_spec(spec));
    if (lower(call.target.name) != session.table || key != session.key)
        odps_refuse(400, "InvalidResourceSpec",
                    "The session belongs to another table or partition.");
    const bool open = session.status == OdpsStatus::kNormal;
    if (open && call.now_ms - session.initiated_ms > kOdpsSessionMs)
        session.status = OdpsStatus::kExpired;
}

void odps_status_conflict() {
    odps_refuse(409, "StatusConflict",
                "You cannot complete the specified operation under the current upload or download "
                "status.");
}

Response odps_create_upload(OdpsCall& call) {
    OdpsUpload upload;
    static_cast<OdpsSession&>(upload) = odps_begin_session(call);
    if (call.parameter("create_partition") == "true") {
        const auto [at, is_new] = odps_table(call).partitions.try_emplace(upload.key);
        if (is_new) at->second.created_s = at->second.modified_s = call.now_s();
    }
    odps_partition(call, upload);  // it must be there
    upload.overwrite = lower(call.parameter("overwrite")) == "true";
    const std::string id = call.stamped(17);
    return answer(id, call.store.uploads[id] = std::move(upload));
}

Response odps_put_block(OdpsCall& call) {
    const uint32_t id = block_id(call);
    const auto schema = upload_of(call).schema;
    if (upload_of(call).status != OdpsStatus::kNormal) odps_status_conflict();
    if (call.has("arrow"))
        odps_refuse(400, "InvalidArgument", "The stand-in takes record streams, not Arrow.");
    call.lock.unlock();  // decoding takes long
    std::vector<OdpsRow> rows = rows_of(call.request, *schema);
    call.lock.lock();
    OdpsUpload& upload = upload_of(call);
    if (upload.status != OdpsStatus::kNormal) odps_status_conflict();
    upload.blocks[id] = {std::move(rows), call.now_s()};
    return {};
}

Response odps_get_upload(OdpsCall& call) {
    OdpsUpload& upload = upload_of(call);
    if (upload.status == OdpsStatus::kCommitting) {
        if (upload.polls_left > 0)
            --upload.polls_left;
        else
            apply(call, upload);
    }
    return answer(call.parameter("uploadid"), upload);
}

Response odps_commit_upload(OdpsCall& call) {
    OdpsUpload& upload = upload_of(call);
    if (upload.status != OdpsStatus::kNormal) odps_status_conflict();
    upload.polls_left = call.hostility.committing_polls;
    if (upload.polls_left > 0) {
        upload.status = OdpsStatus::kCommitting;
        --upload.polls_left;
    } else {
        apply(call, upload);
    }
    return answer(call.parameter("uploadid"), upload);
}

}  // namespace millrace::standin
