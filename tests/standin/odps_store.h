// What MaxCompute holds: tables of partitions of rows, and the sessions of the tunnel.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/standin/odps_value.h"

namespace millrace::standin {

using OdpsRows =
    std::shared_ptr<const std::vector<OdpsRow>>;  // never changed, so snapshots are free

struct OdpsSchema {
    std::vector<OdpsColumn> columns;
    std::vector<OdpsColumn> keys;  // of partitions
};

struct OdpsPartition {
    std::vector<OdpsRows> pieces;  // in the order of the table
    uint64_t rewrites = 0;         // grows when rows that were there go away or change
    int64_t created_s = 0, modified_s = 0;

    size_t count() const;
    void append(std::vector<OdpsRow> rows, int64_t now_s);
    void replace(std::vector<OdpsRow> rows, int64_t now_s);
};

using OdpsPartitionKey = std::vector<std::string>;  // the values of OdpsSchema::keys

struct OdpsTable {
    std::string name, id, comment;
    std::shared_ptr<const OdpsSchema> schema;
    int64_t lifecycle = -1;  // days
    int64_t created_s = 0, ddl_s = 0;
    // A table without partition keys has one partition, of the empty key.
    std::map<OdpsPartitionKey, OdpsPartition> partitions;

    bool is_partitioned() const { return !schema->keys.empty(); }
    size_t count() const;
    int64_t modified_s() const;
};

enum class OdpsStatus : uint8_t { kNormal, kCommitting, kClosed, kCanceled, kExpired, kCritical };
const char* odps_status_name(OdpsStatus status);

// What both kinds of session know of where they belong.
struct OdpsSession {
    std::string table, table_id;
    OdpsPartitionKey key;
    std::shared_ptr<const OdpsSchema> schema;
    OdpsStatus status = OdpsStatus::kNormal;
    int64_t initiated_ms = 0;
    uint64_t polls_left = 0;  // answers that still say committing or initiating
};

struct OdpsBlock {
    std::vector<OdpsRow> rows;  // none any more once the session is closed
    int64_t created_s = 0;
};

struct OdpsUpload : OdpsSession {
    bool overwrite = false;
    std::map<uint32_t, OdpsBlock> blocks;
};

struct OdpsDownload : OdpsSession {
    std::vector<OdpsRows> pieces;  // as they were when the session began
    size_t count = 0;
    uint64_t rewrites = 0;
};

struct OdpsInstance {
    std::string task, job;  // the name of its one task; the <Job> as it was sent
    std::string result;     // csv of a SELECT, or why it failed
    bool failed = false, csv = false, stopped = false;
    int64_t begun_ms = 0;
    uint64_t polls_left = 0;  // answers that still say Running
};

// Not thread-safe: the service locks it.
struct OdpsStore {
    std::string project;
    std::map<std::string, OdpsTable> tables;  // by lower-case name
    std::map<std::string, OdpsUpload> uploads;
    std::map<std::string, OdpsDownload> downloads;
    std::map<std::string, OdpsInstance> instances;

    OdpsTable* find(const std::string& name);  // in any case; null when it is not there
};

// "pt=1,region='x'" or with '/'; blanks around and quotes are dropped.
std::vector<std::pair<std::string, std::string>> parse_odps_spec(const std::string& text);
// The key that a specification names, all levels in any order; nothing when it does not fit.
std::optional<OdpsPartitionKey> odps_key(
    const OdpsSchema& schema, const std::vector<std::pair<std::string, std::string>>& spec);

}  // namespace millrace::standin
