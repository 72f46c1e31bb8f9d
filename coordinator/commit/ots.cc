#include "coordinator/commit/ots.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/config/ots_key.h"
#include "common/services/tablestore/table_shape.h"
#include "coordinator/commit/keyed.h"

namespace millrace {
namespace {

using nlohmann::json;

Status check_key(const TableWriterConfig& writer, const tablestore::TableShape& table) {
    if (!table.auto_increment.empty()) {
        return config_error("table " + writer.table + ": the service numbers key column " +
                            table.auto_increment.front() +
                            " by itself (auto-increment), so a row that is sent twice would become "
                            "two rows: such tables cannot be written");
    }
    const std::vector<NamedType> key = typed(table.key);
    const bool fits =
        std::equal(key.begin(), key.end(), writer.primary_key.begin(), writer.primary_key.end(),
                   [&](const auto& a, const auto& b) {
                       return a.name == b.name && (a.type == b.type || !writer.primary_key_typed);
                   });
    if (fits) return {};
    return config_error("\"primaryKey\" does not fit table " + writer.table +
                        ". The table's key: " + key_text(key) +
                        "; primaryKey: " + key_text(writer.primary_key) +
                        "; number, order, names and types must be the same");
}

Status check_columns(const TableWriterConfig& writer, const RecordShape& source) {
    for (const NamedType& column : writer.columns) {
        const auto& key = writer.primary_key;
        if (std::any_of(key.begin(), key.end(),
                        [&](const NamedType& one) { return one.name == column.name; })) {
            return config_error("ots writer: \"column\" must not name key column " + column.name);
        }
    }
    if (writer.columns.empty() && !writer.multi_version && writer.mode == TableWriteMode::kUpdate) {
        return config_error("ots writer: UpdateRow without a column writes nothing; use PutRow");
    }
    const size_t wanted =
        writer.primary_key.size() + (writer.multi_version ? 3 : writer.columns.size());
    if (source.columns.empty() || source.columns.size() == wanted) return {};
    return config_error("ots writer: the reader gives " + std::to_string(source.columns.size()) +
                        " columns (" + key_text(typed(source.columns)) + "), the writer has " +
                        std::to_string(wanted) + " (" + key_text(writer.primary_key) +
                        (writer.multi_version ? ", column name, timestamp, value"
                                              : "; " + key_text(writer.columns)) +
                        ")");
}

Status check_stream(const TableWriterConfig& writer, const RecordShape& source) {
    if (writer.multi_version) {
        return config_error("ots writer: changes of a stream are rows; use \"mode\": \"normal\"");
    }
    if (writer.mode == TableWriteMode::kDelete) {
        return config_error(
            "ots writer: \"writeMode\": \"DeleteRow\" would delete every row that "
            "changed; for deletes of the source use \"deletes\": \"propagate\"");
    }
    return source_key_positions(writer, source).status();
}

// Versions that are too far from now are refused one by one, as dirty records.
void say_deviation(const TableWriterConfig& writer,
                   const tablestore::wire::DescribeTableResponse& table) {
    if (!writer.multi_version && !writer.default_timestamp_ms) return;
    log::warn("table_takes_versions_near_now",
              {{"table", writer.table},
               {"deviation_s", table.table_options().deviation_cell_version_in_sec()},
               {"else", "cells with other timestamps are refused and counted as dirty"}});
}

}  // namespace

Result<std::unique_ptr<TargetCommit>> make_ots(const JobSpec& job, const RecordShape& source,
                                               const CallContext& context) {
    MILLRACE_ASSIGN(const TableWriterConfig read, read_ots_writer(job.writer));
    const bool stream = job.reader.plugin == "otsstream";
    KeyedTargetEdges edges;
    edges.target = {{"kind", "ots"},
                    {"endpoint", read.address.endpoint.origin()},
                    {"instance", read.address.instance},
                    {"table", read.table}};
    edges.prepare = [read, stream, source, &context](const InstanceView&) -> Result<json> {
        TableWriterConfig writer = read;
        tablestore::Client client(context, writer.address);
        MILLRACE_ASSIGN(const auto table,
                        tablestore::describe_existing(client, writer.table, "table"));
        const tablestore::TableShape shape = tablestore::shape_of(table);
        MILLRACE_TRY(check_key(writer, shape));
        writer.primary_key = typed(shape.key);
        MILLRACE_TRY(check_columns(writer, source));
        if (stream) MILLRACE_TRY(check_stream(writer, source));
        say_deviation(writer, table);
        // A table that is deleted and made anew has another time; 0 where the service says none.
        return json{{"created_us", table.creation_time()}};
    };
    edges.finish = [](const json&) { return Status(); };
    return std::unique_ptr<TargetCommit>(std::make_unique<KeyedCommit>(std::move(edges)));
}

}  // namespace millrace
