// The actions of MaxCompute, one function each, on a store that is locked by the caller.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "tests/standin/hostility.h"
#include "tests/standin/odps_auth.h"
#include "tests/standin/odps_error.h"
#include "tests/standin/odps_store.h"
#include "tests/standin/seeded.h"

namespace millrace::standin {

constexpr const char* kOdpsOwner = "ALIYUN$demo@test";

// One authenticated request on its way.
struct OdpsCall {
    const Request& request;
    const OdpsTarget& target;
    OdpsStore& store;
    std::unique_lock<std::mutex>& lock;  // of the store; long work may leave it for a while
    Hostility hostility;
    Seeded& random;
    int64_t now_ms = 0;
    std::string id = {};  // 32 hex digits, new for each request

    int64_t now_s() const { return now_ms / 1000; }
    std::string parameter(std::string_view name) const { return target.parameter(name); }
    bool has(std::string_view name) const { return target.has(name); }
    // "20261120180707716" and so many digits of the request's id: names of sessions and instances.
    std::string stamped(size_t digits) const;
};

using OdpsAction = Response (*)(OdpsCall&);
// By name: "PutBlock".
const std::map<std::string, OdpsAction>& odps_actions();
// Never fails: "Unknown" when no action fits.
std::string odps_action_name(const Request& request, const OdpsTarget& target);

// ---- building answers
Response odps_xml(std::string xml);
Response odps_json(const nlohmann::ordered_json& json);
Response odps_error(const OdpsTarget& target, const std::string& id, const OdpsError& error);
std::string odps_date(int64_t ms);  // "Fri, 20 Nov 2026 18:07:01 GMT"

// ---- finding what a request names; all throw OdpsError
OdpsTable& odps_table(OdpsCall& call);
// The key of the request's `partition`, which all levels must be given for; the empty key of a
// table without partitions.
OdpsPartitionKey odps_partition_key(const OdpsCall& call, const OdpsTable& table);
// The partition of a session, when table and partition are still those.
OdpsPartition& odps_partition(OdpsCall& call, const OdpsSession& session);

// ---- the actions, by file
// odps_tables.cc
Response odps_get_project(OdpsCall& call);
Response odps_get_tunnel(OdpsCall& call);
Response odps_get_table(OdpsCall& call);
Response odps_get_partition(OdpsCall& call);
Response odps_list_tables(OdpsCall& call);
Response odps_list_partitions(OdpsCall& call);
// odps_instances.cc
Response odps_create_instance(OdpsCall& call);
Response odps_get_instance(OdpsCall& call);
Response odps_get_instance_tasks(OdpsCall& call);
Response odps_get_instance_result(OdpsCall& call);
Response odps_get_instance_source(OdpsCall& call);
Response odps_stop_instance(OdpsCall& call);
// odps_uploads.cc
Response odps_create_upload(OdpsCall& call);
Response odps_put_block(OdpsCall& call);
Response odps_get_upload(OdpsCall& call);
Response odps_commit_upload(OdpsCall& call);
// odps_downloads.cc
Response odps_create_download(OdpsCall& call);
Response odps_get_download(OdpsCall& call);
Response odps_read_download(OdpsCall& call);
// odps_preview.cc
Response odps_preview_table(OdpsCall& call);

// Places of the columns that the request asks for, in its order; without `columns` all of them.
std::vector<size_t> odps_columns(const OdpsCall& call, const OdpsSchema& schema);

// ---- what uploads and downloads share
constexpr int64_t kOdpsSessionMs = 24 * 3600 * 1000;
// A new session on the table and partition of the request.
OdpsSession odps_begin_session(OdpsCall& call);
// Its part of the JSON of a session.
nlohmann::ordered_json odps_session_json(const OdpsSession& session, const char* id_name,
                                         const std::string& id);
// Refuses a request whose table or partition is another than the session's; a session that has
// grown too old is expired from now on.
void odps_check_session(OdpsCall& call, OdpsSession& session);
[[noreturn]] void odps_status_conflict();

}  // namespace millrace::standin
