#include "coordinator/shards/datax_status.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"

namespace millrace {
namespace {

using plainbuffer::KeyCell;
using plainbuffer::KeyValue;
namespace wire = tablestore::wire;

constexpr std::string_view kCheckpoint = "CheckpointForDataxReader";
constexpr std::string_view kShardTime = "ShardTimeCheckpointForDataxReader";
constexpr std::string_view kJob = "DataxJobDesc";
constexpr std::string_view kShardEnd = "SHARD_END";
constexpr std::string_view kTrimHorizon = "TRIM_HORIZON";

// One row of the status table, as text.
struct StatusRow {
    std::string value;  // StatusValue
    std::map<std::string, std::string, std::less<>> columns;

    std::string column(std::string_view name) const {
        const auto found = columns.find(name);
        return found == columns.end() ? std::string() : found->second;
    }
};

std::string time_text(MillisPoint time) {
    char text[32];
    std::snprintf(text, sizeof text, "%16lld", static_cast<long long>(to_millis(time)));
    return text;
}

// Rows of one stream and type with `from` <= StatusValue < `to`.
class StatusTable {
  public:
    StatusTable(tablestore::Client& client, const std::string& table, const StreamId& stream)
        : client_(client), table_(table), stream_(stream) {}

    Result<std::vector<StatusRow>> range(std::string_view type, std::string_view from,
                                         std::string_view to) {
        wire::GetRangeRequest request;
        request.set_table_name(table_);
        request.set_direction(wire::FORWARD);
        request.set_max_versions(1);
        request.set_inclusive_start_primary_key(key(type, from));
        request.set_exclusive_end_primary_key(key(type, to));
        std::vector<StatusRow> rows;
        for (;;) {
            const auto answer = client_.get_range(request);
            // DataX never ran here: that is no error.
            if (answer.status().code() == Code::kNotFound) return rows;
            if (!answer.ok()) return answer.status();
            MILLRACE_TRY(read(answer->rows(), rows));
            if (!answer->has_next_start_primary_key()) return rows;
            request.set_inclusive_start_primary_key(answer->next_start_primary_key());
        }
    }

  private:
    std::string key(std::string_view type, std::string_view value) const {
        const std::vector<KeyCell> cells = {
            {"StreamId", KeyValue::of(Value::of_string(stream_.text()))},
            {"StatusType", KeyValue::of(Value::of_string(type))},
            {"StatusValue", KeyValue::of(Value::of_string(value))}};
        return plainbuffer::encode_key(cells);
    }

    static Status read(std::string_view bytes, std::vector<StatusRow>& rows) {
        if (bytes.empty()) return {};
        plainbuffer::RowReader reader(bytes);
        plainbuffer::Row row;
        for (;;) {
            MILLRACE_ASSIGN(const bool more, reader.next(row));
            if (!more) return {};
            StatusRow made;
            if (row.key.size() == 3) made.value = std::string(row.key[2].value.value.bytes);
            for (const auto& cell : row.cells) {
                if (cell.value.type == ValueType::kString) {
                    made.columns.emplace(std::string(cell.name), std::string(cell.value.bytes));
                }
            }
            rows.push_back(std::move(made));
        }
    }

    tablestore::Client& client_;
    std::string table_;
    StreamId stream_;
};

ItemStart start_at(const std::string& iterator) {
    ItemStart start;
    if (iterator != kTrimHorizon) start.place.iterator = iterator;
    return start;
}

// Complete: a job row is there and every checkpoint carries its version.
Result<std::map<ShardId, ItemStart>> complete_set(StatusTable& table, MillisPoint time) {
    const std::string at = time_text(time);
    MILLRACE_ASSIGN(const auto jobs, table.range(kJob, at, at + '\0'));
    MILLRACE_ASSIGN(const auto rows, table.range(kCheckpoint, at + "\t", at + "\t\x7f"));
    std::map<ShardId, ItemStart> starts;
    if (jobs.empty()) return starts;
    for (const StatusRow& row : rows) {
        if (row.column("Version") != jobs.front().column("Version")) {
            return std::map<ShardId, ItemStart>();
        }
        const std::string iterator = row.column("Checkpoint");
        if (iterator != kShardEnd)
            starts.emplace(ShardId(row.value.substr(at.size() + 1)), start_at(iterator));
    }
    return starts;
}

}  // namespace

Result<std::map<ShardId, ItemStart>> datax_starts(tablestore::Client& client,
                                                  const std::string& status_table,
                                                  const StreamId& stream, const Window& window) {
    StatusTable table(client, status_table, stream);
    MILLRACE_ASSIGN(auto starts, complete_set(table, window.start));
    if (!starts.empty()) return starts;
    // "shard TAB time", ordered by shard, then time: the last one before the start wins.
    MILLRACE_ASSIGN(const auto rows, table.range(kShardTime, "", "\x7f"));
    const std::string limit = time_text(window.start);
    for (const StatusRow& row : rows) {
        const size_t tab = row.value.rfind('\t');
        if (tab == std::string::npos || row.value.substr(tab + 1) >= limit) continue;
        const std::string iterator = row.column("Checkpoint");
        if (iterator == kShardEnd) continue;
        ItemStart start = start_at(iterator);
        start.skip_to_window = true;
        starts.insert_or_assign(ShardId(row.value.substr(0, tab)), std::move(start));
    }
    return starts;
}

Result<std::optional<MillisPoint>> newest_datax_time(tablestore::Client& client,
                                                     const std::string& status_table,
                                                     const StreamId& stream) {
    StatusTable table(client, status_table, stream);
    MILLRACE_ASSIGN(const auto jobs, table.range(kJob, "", "\x7f"));
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
        const MillisPoint time = from_millis(std::strtoll(job->value.c_str(), nullptr, 10));
        MILLRACE_ASSIGN(const auto starts, complete_set(table, time));
        if (!starts.empty()) return std::optional(time);
    }
    return std::optional<MillisPoint>();
}

}  // namespace millrace
