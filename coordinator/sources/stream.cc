#include "coordinator/sources/stream.h"

#include <nlohmann/json.hpp>

#include "common/services/tablestore/table_shape.h"
#include "coordinator/shards/datax_status.h"
#include "coordinator/shards/datax_status_writer.h"
#include "coordinator/shards/stream_lister.h"
#include "coordinator/sources/repeated.h"

namespace millrace {

using nlohmann::json;

namespace {

// The newest minutes of a stream are unsettled, the oldest may be gone before they are read.
constexpr Duration kUnsettled = std::chrono::minutes(5);
constexpr Duration kTooYoung = std::chrono::minutes(10);
constexpr Duration kForgotten = std::chrono::minutes(10);
// A realtime window ends in the future by its nature, but not far.
constexpr Duration kAhead = std::chrono::hours(1);

std::string_view name_of(StreamMode mode) {
    return mode == StreamMode::kRow ? "single_version_and_update_only" : "multi_version";
}

// The rows that worker/source/stream makes of a record.
std::vector<ShapeColumn> columns_of(const StreamReaderConfig& reader,
                                    const tablestore::TableShape& table) {
    std::vector<ShapeColumn> columns;
    if (reader.mode == StreamMode::kRow) {
        for (const std::string& name : reader.columns) {
            columns.push_back({name, table.type_of(name)});
        }
        if (reader.sequence_info) columns.push_back({"sequenceinfo", ValueType::kString});
        return columns;
    }
    columns = table.key;
    columns.push_back({"colname", ValueType::kString});
    columns.push_back({"version", ValueType::kInteger});
    columns.push_back({"colvalue", ValueType::kAbsent});
    columns.push_back({"optype", ValueType::kString});
    if (reader.sequence_info) columns.push_back({"sequenceinfo", ValueType::kString});
    return columns;
}

}  // namespace

Result<SourceFacts> StreamSide::connect() {
    MILLRACE_ASSIGN(const auto table,
                    tablestore::describe_existing(client_, reader_.table, "dataTable"));
    if (!table.has_stream_details() || !table.stream_details().enable_stream()) {
        return config_error("The stream of data table is not enabled. Turn the Stream of table " +
                            reader_.table +
                            " on (console: Tunnels, or UpdateTable with a stream specification); "
                            "changes made before that cannot be read");
    }
    const tablestore::TableShape shape = tablestore::shape_of(table);
    facts_.stream = StreamId(table.stream_details().stream_id());
    facts_.retention = std::chrono::hours(table.stream_details().expiration_time());
    facts_.shape = {shape.key, columns_of(reader_, shape)};
    facts_.server_time = client_.server_time().value_or(context_.clock.now());
    return facts_;
}

Status StreamSide::settle(const Window& window, const Say& say) {
    const auto oldest = facts_.server_time - facts_.retention + kForgotten;
    if (TimePoint(window.start) < oldest) {
        return config_error("window " + to_text(window) + " begins too early: the stream keeps " +
                            std::to_string(facts_.retention / std::chrono::hours(1)) +
                            " hours, so a start before " + to_iso8601(oldest) +
                            " may have lost records");
    }
    if (reader_.realtime) return settle_ahead(window);
    const auto settled = TimePoint(window.end) + kUnsettled;
    if (settled <= facts_.server_time) return {};
    const Duration left = settled - facts_.server_time;
    if (left > kTooYoung) {
        return config_error("window " + to_text(window) +
                            " ends too late: the newest 5 minutes of a stream are unsettled; the "
                            "latest end now is " +
                            to_iso8601(facts_.server_time - kUnsettled));
    }
    say("window " + to_text(window) + " is not settled yet: waiting until " + to_iso8601(settled));
    if (!context_.clock.sleep(left, context_.stop)) {
        return Status(Code::kCancelled, "stopped while waiting for the window to settle");
    }
    return {};
}

Status StreamSide::settle_ahead(const Window& window) const {
    if (TimePoint(window.end) <= facts_.server_time + kAhead) return {};
    return config_error("window " + to_text(window) + " ends more than an hour ahead of " +
                        to_iso8601(facts_.server_time) + ", the time of the source");
}

Status StreamSide::drive(const ItemDriverParts& parts, const DriveRequest& request) {
    const InstanceView& instance = request.instance;
    const bool replay = instance.kind == RunKind::kReplay;
    if (replay) {
        MILLRACE_TRY(add_repeated_items(parts.store, instance, request.accept_loss));
    }
    // As DataX does: an hour before the stream forgets.
    const auto oldest = facts_.server_time - facts_.retention + std::chrono::hours(1);
    StreamLister lister(client_, facts_.stream, reader_.status_table, instance.window,
                        std::chrono::floor<std::chrono::milliseconds>(oldest));
    ItemDriver driver(parts, &lister, instance,
                      {.stream = facts_.stream,
                       .window = instance.window,
                       .accept_loss = request.accept_loss,
                       .within_borders = instance.borders_recorded || replay},
                      request.dirty_records_max);
    const Status status = driver.run();
    request.notes.insert(request.notes.end(), driver.notes().begin(), driver.notes().end());
    if (!status.ok() || !replay) return status;
    return check_repeated(parts.store, instance);
}

// DataX can go on where this window ended.
Result<std::vector<std::string>> StreamSide::announce(StateStore& store,
                                                      const InstanceView& instance) {
    if (reader_.status_table.empty() || instance.kind == RunKind::kReplay) {
        return std::vector<std::string>();
    }
    return write_datax_set(client_, store,
                           {.status_table = reader_.status_table,
                            .table = reader_.table,
                            .stream = facts_.stream,
                            .task = instance.task,
                            .window = instance.window,
                            .version = "millrace-" + instance.run.text()});
}

Result<std::optional<MillisPoint>> StreamSide::datax_time() {
    if (reader_.status_table.empty()) return std::optional<MillisPoint>();
    return newest_datax_time(client_, reader_.status_table, facts_.stream);
}

Result<json> StreamSide::preview() {
    MILLRACE_ASSIGN(const auto stream, client_.describe_stream(facts_.stream));
    json shards = json::array();
    for (const auto& shard : stream.shards) {
        json parents = json::array();
        for (const ShardId& parent : shard.parents) parents.push_back(parent.text());
        shards.push_back({{"shard", shard.id.text()}, {"parents", parents}});
    }
    return shards;
}

json StreamSide::describe() const {
    return {{"kind", "otsstream"},
            {"endpoint", reader_.address.endpoint.origin()},
            {"instance", reader_.address.instance},
            {"table", reader_.table},
            {"mode", name_of(reader_.mode)}};
}

}  // namespace millrace
