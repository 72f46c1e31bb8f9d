#include "coordinator/shards/datax_status.h"

#include <zlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "common/codec/plainbuffer/reader.h"
#include "coordinator/shards/datax_layout.h"

namespace millrace {
namespace {

using datax::kCheckpoint;
using datax::kJob;
using datax::kShardEnd;
using datax::kShardTime;
using datax::kTrimHorizon;
using datax::time_text;
namespace wire = tablestore::wire;

// A job names its shards; longer lists than this are not believed.
constexpr size_t kShardListMax = size_t(64) << 20;

// One row of the status table.
struct StatusRow {
    std::string value;                                        // StatusValue
    std::map<std::string, std::string, std::less<>> columns;  // texts and binaries
    std::map<std::string, int64_t, std::less<>> numbers;

    std::string column(std::string_view name) const {
        const auto found = columns.find(name);
        return found == columns.end() ? std::string() : found->second;
    }
};

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
        return datax::row_key(stream_, type, value);
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
                const std::string name(cell.name);
                if (cell.value.type == ValueType::kInteger) {
                    made.numbers.emplace(name, cell.value.integer);
                } else if (cell.value.type == ValueType::kString ||
                           cell.value.type == ValueType::kBinary) {
                    made.columns.emplace(name, std::string(cell.value.bytes));
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

std::optional<std::string> inflated(const std::string& packed) {
    std::string text;
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) return std::nullopt;
    std::string from = packed;
    stream.next_in = reinterpret_cast<Bytef*>(from.data());
    stream.avail_in = static_cast<uInt>(from.size());
    int state = Z_OK;
    while (state == Z_OK && text.size() < kShardListMax) {
        char piece[16384];
        stream.next_out = reinterpret_cast<Bytef*>(piece);
        stream.avail_out = sizeof piece;
        state = inflate(&stream, Z_NO_FLUSH);
        text.append(piece, sizeof piece - stream.avail_out);
    }
    inflateEnd(&stream);
    if (state != Z_STREAM_END) return std::nullopt;
    return text;
}

// The shards of a job: ShardIds_0, ShardIds_1, … are the pieces of one zlib stream of a JSON list.
// Nothing when they cannot be read.
std::optional<std::set<std::string>> shards_of(const StatusRow& job) {
    std::string packed;
    for (int i = 0;; ++i) {
        const auto piece = job.columns.find("ShardIds_" + std::to_string(i));
        if (piece == job.columns.end()) break;
        packed += piece->second;
    }
    const std::optional<std::string> text = inflated(packed);
    if (!text) return std::nullopt;
    const auto list = nlohmann::json::parse(*text, nullptr, false);
    if (!list.is_array()) return std::nullopt;
    std::set<std::string> shards;
    for (const auto& shard : list) {
        if (!shard.is_string()) return std::nullopt;
        shards.insert(shard.get<std::string>());
    }
    return shards;
}

// The checkpoints of a time as starts when DataX would go on from them, else nothing: a job row is
// there, every shard of its list has a checkpoint of its version, and there is no other one. Sets
// of old versions of DataX have no job row but the number of their shards.
Result<std::optional<KnownStarts>> complete_set(StatusTable& table, const StreamId& stream,
                                                MillisPoint time) {
    const std::string at = time_text(time);
    MILLRACE_ASSIGN(const auto jobs, table.range(kJob, at, at + '\0'));
    MILLRACE_ASSIGN(const auto rows, table.range(kCheckpoint, at, at + "\t\x7f"));
    KnownStarts known;
    std::set<std::string> shards, versions;
    int64_t count = -1;
    for (const StatusRow& row : rows) {
        if (row.value == at) {
            const auto number = row.numbers.find("ShardCount");
            if (number != row.numbers.end()) count = number->second;
            continue;
        }
        if (!row.value.starts_with(at + "\t")) continue;
        const std::string shard = row.value.substr(at.size() + 1);
        const std::string iterator = row.column("Checkpoint");
        if (iterator.empty()) return std::optional<KnownStarts>();
        shards.insert(shard);
        versions.insert(row.column("Version"));
        if (iterator == kShardEnd) {
            known.ended.insert(ShardId(shard));
        } else {
            known.starts.emplace(ShardId(shard), start_at(iterator));
        }
    }
    bool complete = count > 0 && static_cast<int64_t>(shards.size()) == count;
    if (!jobs.empty()) {
        const StatusRow& job = jobs.front();
        const auto wanted = shards_of(job);
        complete = wanted && *wanted == shards && job.column("JobStreamId") == stream.text() &&
                   versions == std::set<std::string>{job.column("Version")};
    }
    if (!complete) return std::optional<KnownStarts>();
    return std::optional(std::move(known));
}

}  // namespace

Result<KnownStarts> datax_starts(tablestore::Client& client, const std::string& status_table,
                                 const StreamId& stream, const Window& window, MillisPoint oldest) {
    StatusTable table(client, status_table, stream);
    MILLRACE_ASSIGN(const auto complete, complete_set(table, stream, window.start));
    if (complete) return *complete;
    KnownStarts known;
    // "shard TAB time", ordered by shard, then time: the last one before the start wins.
    MILLRACE_ASSIGN(const auto rows, table.range(kShardTime, "", "\x7f"));
    const std::string limit = time_text(window.start);
    const std::string kept = time_text(oldest);
    for (const StatusRow& row : rows) {
        const size_t tab = row.value.rfind('\t');
        if (tab == std::string::npos) continue;
        const std::string time = row.value.substr(tab + 1);
        if (time >= limit || time <= kept) continue;
        const std::string iterator = row.column("Checkpoint");
        if (iterator.empty() || iterator == kShardEnd) continue;
        ItemStart start = start_at(iterator);
        start.skip_to_window = true;
        known.starts.insert_or_assign(ShardId(row.value.substr(0, tab)), std::move(start));
    }
    return known;
}

Result<std::optional<MillisPoint>> newest_datax_time(tablestore::Client& client,
                                                     const std::string& status_table,
                                                     const StreamId& stream) {
    StatusTable table(client, status_table, stream);
    MILLRACE_ASSIGN(const auto jobs, table.range(kJob, "", "\x7f"));
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
        const MillisPoint time = from_millis(std::strtoll(job->value.c_str(), nullptr, 10));
        MILLRACE_ASSIGN(const auto starts, complete_set(table, stream, time));
        if (starts) return std::optional(time);
    }
    return std::optional<MillisPoint>();
}

}  // namespace millrace
