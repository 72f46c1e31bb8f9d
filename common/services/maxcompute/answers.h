// The contents of successful answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/net/http.h"
#include "common/services/maxcompute/partition.h"
#include "common/services/maxcompute/types.h"

namespace millrace::maxcompute {

enum class SessionState : uint8_t {
    kInitiating,  // of a download that is being prepared
    kNormal,
    kCommitting,  // ask again
    kClosed,      // committed
    kExpired,
    kCanceled,
    kBroken,  // "critical" and whatever else is not known
};
std::string_view name_of(SessionState state);

struct UploadSession {
    std::string id;
    SessionState state = SessionState::kNormal;
    std::vector<Column> columns;
    std::vector<uint32_t> blocks;  // that the service holds; ascending
    uint64_t field_bytes_max = kFieldBytesMax;
};

struct DownloadSession {
    std::string id;
    SessionState state = SessionState::kNormal;
    std::vector<Column> columns;  // without partition keys
    uint64_t rows = 0;
};

struct PartitionPage {
    std::vector<PartitionSpec> partitions;
    std::string next;  // marker; empty = this was the last page
};

enum class SqlState : uint8_t { kRunning, kDone, kFailed };
struct SqlTask {
    SqlState state = SqlState::kRunning;
    std::string name;  // of the state: "Success", "Failed", "Cancelled", …
};

// kCorrupt when the answer is not what the operation gives.
Result<Table> read_table(const HttpAnswer& answer);
Result<PartitionPage> read_partitions(const HttpAnswer& answer);
Result<std::string> read_tunnel_address(const HttpAnswer& answer);  // "host:port"
Result<std::string> read_instance_id(const HttpAnswer& answer);     // of a submitted job
Result<bool> read_terminated(const HttpAnswer& answer);
Result<SqlTask> read_task(const HttpAnswer& answer);
Result<std::string> read_sql_result(const HttpAnswer& answer);
Result<UploadSession> read_upload(const HttpAnswer& answer);
Result<DownloadSession> read_download(const HttpAnswer& answer);

}  // namespace millrace::maxcompute
