#include "coordinator/shards/datax_status_writer.h"

#include <zlib.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"
#include "common/services/tablestore/stream.h"
#include "common/stream/position.h"
#include "coordinator/shards/datax_layout.h"

namespace millrace {
namespace {

using plainbuffer::KeyValue;
namespace wire = tablestore::wire;

constexpr int kDaysKept = 30;  // as DataX makes the table
constexpr size_t kPieceBytes = 64 * 1024;

using Columns = std::vector<std::pair<std::string, Value>>;
using Checkpoints = std::map<ShardId, std::string>;

Status make_table(tablestore::Client& client, const std::string& name) {
    wire::CreateTableRequest request;
    auto& meta = *request.mutable_table_meta();
    meta.set_table_name(name);
    for (const char* key : {"StreamId", "StatusType", "StatusValue"}) {
        auto& column = *meta.add_primary_key();
        column.set_name(key);
        column.set_type(wire::STRING);
    }
    request.mutable_reserved_throughput()->mutable_capacity_unit()->set_read(0);
    request.mutable_reserved_throughput()->mutable_capacity_unit()->set_write(0);
    request.mutable_table_options()->set_time_to_live(kDaysKept * 24 * 3600);
    request.mutable_table_options()->set_max_versions(1);
    return client.create_table(request);
}

// The iterator behind `skip` records: DataX keeps iterators only.
Result<std::string> exact_iterator(tablestore::Client& client, const StreamId& stream,
                                   const ShardId& shard, const ShardPlace& place) {
    std::string iterator = place.iterator;
    if (place.skip == 0) return iterator.empty() ? std::string(datax::kTrimHorizon) : iterator;
    if (iterator.empty()) {
        MILLRACE_ASSIGN(iterator, client.shard_iterator(stream, shard, std::nullopt));
    }
    tablestore::StreamFetch fetch(client);
    for (uint64_t left = place.skip; left > 0;) {
        fetch.start(iterator, static_cast<int>(std::min<uint64_t>(left, 1000)));
        MILLRACE_ASSIGN(const tablestore::StreamPage page, fetch.finish());
        if (!page.next_iterator) return std::string(datax::kShardEnd);
        if (page.records.empty() && !page.may_more_record) {
            return Status(Code::kCorrupt,
                          "shard " + shard.text() + " gives fewer records than were read of it");
        }
        left -= std::min<uint64_t>(left, page.records.size());
        iterator = *page.next_iterator;
    }
    return iterator;
}

Result<std::string> checkpoint_of(tablestore::Client& client, StateStore& store,
                                  const DataxSet& set, const ShardId& shard) {
    MILLRACE_ASSIGN(std::optional<Border> border,
                    store.border(set.task, set.stream, shard, to_millis(set.window.end)));
    if (!border) {
        MILLRACE_ASSIGN(const auto before, store.border_before(set.task, set.stream, shard,
                                                               to_millis(set.window.end)));
        const bool ended = before && before->second.kind == name_of(EndKind::kShardEnd);
        return std::string(ended ? datax::kShardEnd : datax::kTrimHorizon);
    }
    if (border->kind == name_of(EndKind::kShardEnd)) return std::string(datax::kShardEnd);
    MILLRACE_ASSIGN(const Position position, parse_position(border->position));
    return exact_iterator(client, set.stream, shard, position.place);
}

class SetWriter {
  public:
    SetWriter(tablestore::Client& client, const DataxSet& set) : client_(client), set_(set) {}

    // What stands there for this time and is not ours; DataX itself begins by removing it.
    Result<std::vector<std::string>> remove_others(const Checkpoints& ours) {
        const std::string at = datax::time_text(set_.window.end);
        wire::GetRangeRequest request;
        request.set_table_name(set_.status_table);
        request.set_direction(wire::FORWARD);
        request.set_max_versions(1);
        request.set_inclusive_start_primary_key(key(datax::kCheckpoint, at + "\t"));
        request.set_exclusive_end_primary_key(key(datax::kCheckpoint, at + "\t\x7f"));
        std::set<std::string> versions;
        for (;;) {
            MILLRACE_ASSIGN(const auto answer, client_.get_range(request));
            MILLRACE_TRY(remove_rows(answer.rows(), at, ours, versions));
            if (!answer.has_next_start_primary_key()) break;
            request.set_inclusive_start_primary_key(answer.next_start_primary_key());
        }
        std::vector<std::string> warnings;
        for (const std::string& version : versions) {
            if (version == set_.version) continue;
            warnings.push_back("the status table " + set_.status_table + " had checkpoints of " +
                               to_iso8601(set_.window.end) + " with the foreign version " +
                               version + "; they were replaced");
        }
        return warnings;
    }

    Status put_checkpoints(const Checkpoints& checkpoints) {
        for (const auto& [shard, checkpoint] : checkpoints) {
            MILLRACE_TRY(put(datax::kCheckpoint,
                             datax::time_text(set_.window.end) + "\t" + shard.text(),
                             {{"Version", Value::of_string(set_.version)},
                              {"Checkpoint", Value::of_string(checkpoint)},
                              {"SkipCount", Value::of_integer(0)}}));
        }
        return {};
    }

    Status put_job(const Checkpoints& checkpoints) {
        nlohmann::json shards = nlohmann::json::array();
        for (const auto& [shard, checkpoint] : checkpoints) shards.push_back(shard.text());
        const std::string text = shards.dump();
        std::string packed(compressBound(text.size()), '\0');
        uLongf size = packed.size();
        if (compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                     reinterpret_cast<const Bytef*>(text.data()), text.size()) != Z_OK) {
            return fatal_error("the list of shards cannot be packed");
        }
        packed.resize(size);
        Columns columns = {{"Version", Value::of_string(set_.version)},
                           {"TableName", Value::of_string(set_.table)},
                           {"JobStreamId", Value::of_string(set_.stream.text())},
                           {"StartTime", Value::of_integer(to_millis(set_.window.start))},
                           {"EndTime", Value::of_integer(to_millis(set_.window.end))}};
        for (size_t i = 0; i * kPieceBytes < packed.size(); ++i) {
            const auto piece = std::string_view(packed).substr(i * kPieceBytes, kPieceBytes);
            columns.emplace_back("ShardIds_" + std::to_string(i), Value::of_binary(piece));
        }
        return put(datax::kJob, datax::time_text(set_.window.end), columns);
    }

  private:
    std::string key(std::string_view type, std::string_view value) const {
        return datax::row_key(set_.stream, type, value);
    }

    Status remove_rows(std::string_view bytes, const std::string& at, const Checkpoints& ours,
                       std::set<std::string>& versions) {
        if (bytes.empty()) return {};
        plainbuffer::RowReader reader(bytes);
        plainbuffer::Row row;
        for (;;) {
            MILLRACE_ASSIGN(const bool more, reader.next(row));
            if (!more) return {};
            for (const auto& cell : row.cells) {
                if (cell.name == "Version") versions.emplace(cell.value.bytes);
            }
            if (row.key.size() != 3) continue;
            const std::string value(row.key[2].value.value.bytes);
            if (ours.contains(ShardId(value.substr(std::min(value.size(), at.size() + 1))))) {
                continue;  // is overwritten
            }
            wire::DeleteRowRequest request;
            request.set_table_name(set_.status_table);
            request.set_primary_key(key(datax::kCheckpoint, value));
            request.mutable_condition()->set_row_existence(wire::IGNORE);
            MILLRACE_TRY(client_.delete_row(request).status());
        }
    }

    Status put(std::string_view type, const std::string& value, const Columns& columns) {
        plainbuffer::Row row;
        row.key = {{"StreamId", KeyValue::of(Value::of_string(set_.stream.text()))},
                   {"StatusType", KeyValue::of(Value::of_string(type))},
                   {"StatusValue", KeyValue::of(Value::of_string(value))}};
        for (const auto& [name, cell] : columns) {
            row.cells.emplace_back();
            row.cells.back().name = name;
            row.cells.back().value = cell;
        }
        wire::PutRowRequest request;
        request.set_table_name(set_.status_table);
        request.set_row(plainbuffer::encode_row(row));
        request.mutable_condition()->set_row_existence(wire::IGNORE);
        return client_.put_row(request).status();
    }

    tablestore::Client& client_;
    const DataxSet& set_;
};

}  // namespace

Result<std::vector<std::string>> write_datax_set(tablestore::Client& client, StateStore& store,
                                                 const DataxSet& set) {
    MILLRACE_ASSIGN(const auto stream, client.describe_stream(set.stream));
    Checkpoints checkpoints;
    for (const auto& shard : stream.shards) {
        MILLRACE_ASSIGN(checkpoints[shard.id], checkpoint_of(client, store, set, shard.id));
    }
    const auto table = client.describe_table(set.status_table);
    if (table.status().code() == Code::kNotFound) {
        MILLRACE_TRY(make_table(client, set.status_table));
    } else if (!table.ok()) {
        return table.status();
    }
    SetWriter writer(client, set);
    MILLRACE_ASSIGN(std::vector<std::string> warnings, writer.remove_others(checkpoints));
    MILLRACE_TRY(writer.put_checkpoints(checkpoints));
    MILLRACE_TRY(writer.put_job(checkpoints));  // last: without it the set does not count
    return warnings;
}

}  // namespace millrace
