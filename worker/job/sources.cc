#include "worker/job/sources.h"

#include "common/config/odps_reader.h"
#include "common/config/oss_reader.h"
#include "common/config/ots_reader.h"
#include "common/config/otsstream_reader.h"
#include "worker/source/objects/parquet_source.h"
#include "worker/source/objects/reader.h"
#include "worker/source/odps/reader.h"
#include "worker/source/stream/reader.h"
#include "worker/source/table/reader.h"

namespace millrace {
namespace {

// How far the source's clock must have passed the end of a realtime window (P3).
constexpr Duration kRealtimeSkew = std::chrono::seconds(2);

Result<std::unique_ptr<Source>> make_stream(const ItemParts& item) {
    const Claimed& claimed = item.claimed;
    MILLRACE_ASSIGN(const StreamReaderConfig reader, read_otsstream_reader(item.job.spec.reader));
    MILLRACE_ASSIGN(ItemStart start, parse_item_start(claimed.start));
    start.accept_loss = start.accept_loss || item.job.accept_loss;
    if (claimed.recorded_end) {
        MILLRACE_ASSIGN(const Position end, parse_position(claimed.recorded_end->position));
        start.end_within(end, claimed.recorded_end->kind == EndKind::kShardEnd);
    }
    std::optional<Position> resume;
    if (claimed.has_progress) {
        MILLRACE_ASSIGN(resume, parse_position(claimed.progress.position));
    }
    StreamSourceConfig config{.stream = item.job.stream,
                              .shard = claimed.shard,
                              .window = item.job.instance.window,
                              .rows = {.mode = reader.mode,
                                       .columns = reader.columns,
                                       .key_names = names_of(item.job.shape.key),
                                       .sequence_info = reader.sequence_info,
                                       .shard = claimed.shard},
                              .corrupt_retries_max = reader.address.max_retries};
    if (reader.realtime) config.close_skew = kRealtimeSkew;
    auto& client = item.own.make<tablestore::Client>(item.context, reader.address);
    return std::unique_ptr<Source>(
        std::make_unique<StreamSource>(client, item.clock, item.context.stop, std::move(config),
                                       std::move(start), std::move(resume)));
}

// The columns as given, or as the coordinator found them.
TableRowShape table_rows(const TableReaderConfig& reader, const RecordShape& shape) {
    TableRowShape rows{reader.mode, reader.columns, names_of(shape.key)};
    if (reader.mode == TableReadMode::kNormal && reader.columns.empty()) {
        rows.columns_found = true;
        for (const ShapeColumn& column : shape.columns) rows.columns.push_back({column.name, {}});
    }
    return rows;
}

Result<std::unique_ptr<Source>> make_table(const ItemParts& item) {
    const Claimed& claimed = item.claimed;
    MILLRACE_ASSIGN(const TableReaderConfig reader, read_ots_reader(item.job.spec.reader));
    MILLRACE_ASSIGN(tablestore::KeyRange range, tablestore::parse_key_range(claimed.start));
    std::optional<tablestore::RangePosition> resume;
    if (claimed.has_progress) {
        MILLRACE_ASSIGN(resume, tablestore::parse_range_position(claimed.progress.position));
    }
    TableSourceConfig config{.table = reader.table,
                             .shard = claimed.shard,
                             .range = std::move(range),
                             .rows = table_rows(reader, item.job.shape),
                             .ordered_us = to_millis(item.job.instance.window.start) * 1000,
                             .corrupt_retries_max = reader.address.max_retries};
    if (reader.mode == TableReadMode::kMultiVersion) {
        config.time_begin_ms = reader.time_begin_ms;
        config.time_end_ms = reader.time_end_ms;
        config.max_versions = reader.max_versions;
    }
    auto& client = item.own.make<tablestore::Client>(item.context, reader.address);
    return std::unique_ptr<Source>(std::make_unique<TableSource>(
        client, item.clock, item.context.stop, std::move(config), std::move(resume)));
}

Result<std::unique_ptr<Source>> make_lines(const ItemParts& item, const OssReaderConfig& reader,
                                           oss::ObjectStart start) {
    MILLRACE_ASSIGN(FieldRows rows, FieldRows::create(reader, start.fields));
    std::optional<oss::ObjectPosition> resume;
    if (item.claimed.has_progress) {
        MILLRACE_ASSIGN(resume, oss::ObjectPosition::parse(item.claimed.progress.position));
    }
    const ObjectSourceConfig config{
        .object = std::move(start),
        .ordered_us = to_micros(item.job.instance.window.start),
        .dialect = {.quoting = reader.format == ObjectFormat::kCsv, .delimiter = reader.delimiter},
        .skip_header = reader.skip_header,
        .gzip = reader.compress == ObjectCompression::kGzip};
    auto& client = item.own.make<oss::Client>(item.context, reader.address);
    return std::unique_ptr<Source>(
        std::make_unique<ObjectSource>(client, item.context.stop, config, std::move(rows), resume));
}

Result<std::unique_ptr<Source>> make_parquet(const ItemParts& item, const OssReaderConfig& reader,
                                             oss::ObjectStart start) {
    const ParquetSourceParts parts{
        .client = item.own.make<oss::Client>(item.context, reader.address),
        .reader = reader,
        .shape = item.job.shape,
        .object = std::move(start),
        .ordered_us = to_micros(item.job.instance.window.start),
        .stop = item.context.stop};
    const Claimed& claimed = item.claimed;
    MILLRACE_ASSIGN(std::unique_ptr<ParquetSource> source,
                    ParquetSource::create(
                        parts, claimed.has_progress ? claimed.progress.position : std::string()));
    return std::unique_ptr<Source>(std::move(source));
}

Result<std::unique_ptr<Source>> make_objects(const ItemParts& item) {
    MILLRACE_ASSIGN(const OssReaderConfig reader, read_oss_reader(item.job.spec.reader));
    MILLRACE_ASSIGN(oss::ObjectStart start, oss::ObjectStart::parse(item.claimed.start));
    if (reader.all_columns && start.fields != item.job.shape.columns.size()) {
        return fatal_error(
            "the objects are no longer those that the run began with: its rows have " +
            std::to_string(start.fields) + " fields, they would have " +
            std::to_string(item.job.shape.columns.size()) + " now");
    }
    switch (reader.format) {
        case ObjectFormat::kCsv:
        case ObjectFormat::kText: return make_lines(item, reader, std::move(start));
        case ObjectFormat::kParquet: return make_parquet(item, reader, std::move(start));
    }
    return config_error("the format of the objects is unknown");
}

Result<std::unique_ptr<Source>> make_partition(const ItemParts& item) {
    MILLRACE_ASSIGN(const OdpsReaderConfig reader, read_odps_reader(item.job.spec.reader));
    MILLRACE_ASSIGN(maxcompute::Config address, maxcompute::make_config(reader.address));
    MILLRACE_ASSIGN(maxcompute::RowsStart start, maxcompute::RowsStart::parse(item.claimed.start));
    MILLRACE_ASSIGN(TimeTexts texts, TimeTexts::create(reader.time_zone));
    maxcompute::RowsPosition resume;
    if (item.claimed.has_progress) {
        MILLRACE_ASSIGN(resume, maxcompute::RowsPosition::parse(item.claimed.progress.position));
    }
    OdpsSourceConfig config{.table = reader.table,
                            .shard = item.claimed.shard,
                            .rows = std::move(start),
                            .columns = reader.columns,
                            .shape = item.job.shape.columns,
                            .ordered_us = to_micros(item.job.instance.window.start)};
    auto& client = item.own.make<maxcompute::Client>(item.context, std::move(address));
    return std::unique_ptr<Source>(std::make_unique<OdpsSource>(
        client, item.context.stop, std::move(config), std::move(texts), resume));
}

}  // namespace

Result<std::unique_ptr<Source>> make_source(const ItemParts& item) {
    const std::string& plugin = item.job.spec.reader.plugin;
    if (plugin == "otsstream") return make_stream(item);
    if (plugin == "ots") return make_table(item);
    if (plugin == "oss") return make_objects(item);
    if (plugin == "odps") return make_partition(item);
    return config_error("reader \"" + plugin + "\" is not built yet");
}

}  // namespace millrace
