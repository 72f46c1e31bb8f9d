#include "worker/job/targets.h"

#include "common/config/oss_writer.h"
#include "common/config/otsstream_reader.h"
#include "common/services/tablestore/table_shape.h"
#include "worker/source/table/images.h"
#include "worker/targets/elasticsearch/writer.h"
#include "worker/targets/odps/writer.h"
#include "worker/targets/opensearch/writer.h"
#include "worker/targets/oss/parquet_target.h"
#include "worker/targets/oss/writer.h"
#include "worker/targets/ots/writer.h"

namespace millrace {
namespace {

// P12; records of other sources than a stream are rows as they are now by themselves.
bool writes_by_image(const ItemParts& item, const ImageReader& images) {
    return item.claimed.by_image && images != nullptr;
}

Result<std::unique_ptr<Target>> make_oss(const ItemParts& item) {
    MILLRACE_ASSIGN(const OssWriterConfig config, read_oss_writer(item.job.spec.writer));
    auto& client = item.own.make<oss::Client>(item.context, config.address);
    const InstanceView& instance = item.job.instance;
    const oss::Naming naming = naming_of(config, instance.window, instance.number);
    const ReserveParts reserve = [&store = item.store, fence = item.claimed.fence](uint32_t count) {
        return store.reserve(fence, count);
    };
    if (config.file_format != ObjectFormat::kParquet) {
        return std::unique_ptr<Target>(
            std::make_unique<OssTarget>(client, config, naming, item.claimed.shard, reserve));
    }
    MILLRACE_ASSIGN(const parquet::Schema schema,
                    parquet::schema_for(config.parquet, item.job.shape.columns));
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(item.job.spec.time_zone));
    MILLRACE_ASSIGN(
        std::unique_ptr<ParquetTarget> target,
        ParquetTarget::create(client, config, schema, zone,
                              ItemObjects(client, naming, item.claimed.shard, reserve)));
    return std::unique_ptr<Target>(std::move(target));
}

Result<std::unique_ptr<Target>> make_elasticsearch(const ItemParts& item) {
    MILLRACE_ASSIGN(const elasticsearch::WriterConfig config,
                    elasticsearch::read_writer_config(item.job.spec.writer));
    elasticsearch::WriterOptions options;
    options.source = {names_of(item.job.shape.key), names_of(item.job.shape.columns)};
    MILLRACE_ASSIGN(options.images, make_images(item));
    options.by_image = writes_by_image(item, options.images);
    MILLRACE_ASSIGN(std::unique_ptr<elasticsearch::Writer> target,
                    elasticsearch::Writer::create(item.context, config, std::move(options)));
    return std::unique_ptr<Target>(std::move(target));
}

Result<std::unique_ptr<Target>> make_odps(const ItemParts& item) {
    MILLRACE_ASSIGN(const OdpsWriterConfig config, read_odps_writer(item.job.spec.writer));
    MILLRACE_ASSIGN(const maxcompute::Config project, maxcompute::make_config(config.address));
    // The items of a run may be due before the coordinator has made its session: a session that is
    // gone is dropped first, and so it is when the ledger was lost.
    if (item.claimed.run_staging.empty()) {
        return Status(Code::kCancelled, "the run has no upload session yet");
    }
    MILLRACE_ASSIGN(maxcompute::RunStaging staging,
                    maxcompute::RunStaging::parse(item.claimed.run_staging));
    auto& client = item.own.make<maxcompute::Client>(item.context, project);
    MILLRACE_ASSIGN(
        std::unique_ptr<OdpsTarget> target,
        OdpsTarget::create(client, config, std::move(staging),
                           [&store = item.store, fence = item.claimed.fence](uint32_t count) {
                               return store.reserve_of_run(fence, count);
                           }));
    return std::unique_ptr<Target>(std::move(target));
}

Result<std::unique_ptr<Target>> make_opensearch(const ItemParts& item) {
    MILLRACE_ASSIGN(const OpenSearchWriterConfig config,
                    read_opensearch_writer(item.job.spec.writer));
    opensearch::WriterOptions options{.source = item.job.shape};
    options.changes = item.job.spec.reader.plugin == "otsstream";
    MILLRACE_ASSIGN(options.images, make_images(item));
    options.by_image = writes_by_image(item, options.images);
    MILLRACE_ASSIGN(std::unique_ptr<opensearch::Writer> target,
                    opensearch::Writer::create(item.context, config, std::move(options)));
    return std::unique_ptr<Target>(std::move(target));
}

Result<std::unique_ptr<Target>> make_ots(const ItemParts& item) {
    MILLRACE_ASSIGN(TableWriterConfig config, read_ots_writer(item.job.spec.writer));
    if (!config.primary_key_typed) {
        tablestore::Client client(item.context, config.address);
        MILLRACE_ASSIGN(const auto table,
                        tablestore::describe_existing(client, config.table, "table"));
        config.primary_key = typed(tablestore::shape_of(table).key);
    }
    MILLRACE_ASSIGN(TimeZone zone, TimeZone::find(item.job.spec.time_zone));
    ots::WriterOptions options{item.job.shape, item.job.spec.reader.plugin == "otsstream",
                               std::move(zone), ImageReader()};
    if (item.claimed.by_image) {
        MILLRACE_ASSIGN(options.images, make_images(item));
    }
    MILLRACE_ASSIGN(std::unique_ptr<ots::Writer> target,
                    ots::Writer::create(item.context, config, std::move(options)));
    return std::unique_ptr<Target>(std::move(target));
}

}  // namespace

Result<ImageReader> make_images(const ItemParts& item) {
    if (item.job.spec.reader.plugin != "otsstream") return ImageReader();
    MILLRACE_ASSIGN(const StreamReaderConfig reader, read_otsstream_reader(item.job.spec.reader));
    auto& client = item.own.make<tablestore::Client>(item.context, reader.address);
    return table_images(client, reader.table, names_of(item.job.shape.key),
                        names_of(item.job.shape.columns));
}

Result<std::unique_ptr<Target>> make_target(const ItemParts& item) {
    const std::string& plugin = item.job.spec.writer.plugin;
    if (plugin == "oss") return make_oss(item);
    if (plugin == "elasticsearch") return make_elasticsearch(item);
    if (plugin == "odps") return make_odps(item);
    if (plugin == "opensearch") return make_opensearch(item);
    if (plugin == "ots") return make_ots(item);
    return config_error("writer \"" + plugin + "\" is not built yet");
}

}  // namespace millrace
