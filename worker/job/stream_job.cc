#include "worker/job/stream_job.h"

#include "common/config/oss_writer.h"
#include "worker/source/table/images.h"
#include "worker/targets/elasticsearch/writer.h"
#include "worker/targets/oss/writer.h"

namespace millrace {
namespace {

// Names of the columns of a row as the reader makes them, for messages and the quarantine.
std::vector<std::string> column_names(const StreamJob& job) {
    if (job.reader.mode == StreamMode::kRow) return job.reader.columns;
    std::vector<std::string> names = job.key_names;
    names.insert(names.end(), {"colname", "version", "colvalue", "optype"});
    if (job.reader.sequence_info) names.push_back("sequenceinfo");
    return names;
}

}  // namespace

StreamJobRunner::StreamJobRunner(StreamJob job, StateStore& store, FileSystem& files, Clock& clock,
                                 const std::string& state_folder)
    : job_(std::move(job)),
      store_(store),
      clock_(clock),
      limits_(clock, job_.instance.control),
      quarantine_(files, state_folder, job_.instance.run, column_names(job_), job_.key_names) {}

Status StreamJobRunner::run(const Claimed& claimed, const CallContext& context) {
    tablestore::Client client(context, job_.reader.address);
    MILLRACE_ASSIGN(const std::unique_ptr<Source> source, make_source(claimed, client, context));
    if (job_.job.writer.plugin == "oss") return run_into_oss(claimed, context, *source);
    return run_into_elasticsearch(claimed, context, client, *source);
}

Result<std::unique_ptr<Source>> StreamJobRunner::make_source(const Claimed& claimed,
                                                             tablestore::Client& client,
                                                             const CallContext& context) {
    MILLRACE_ASSIGN(ItemStart start, parse_item_start(claimed.start));
    start.accept_loss = start.accept_loss || job_.accept_loss;
    if (claimed.recorded_end) {
        MILLRACE_ASSIGN(const Position end, parse_position(claimed.recorded_end->position));
        // A border before the first record: nothing belongs to the item.
        start.end_after = end.place.last.value_or(Sequence{});
    }
    std::optional<Position> resume;
    if (claimed.has_progress) {
        MILLRACE_ASSIGN(resume, parse_position(claimed.progress.position));
    }
    StreamSourceConfig config{.stream = job_.stream,
                              .shard = claimed.shard,
                              .window = job_.instance.window,
                              .rows = {.mode = job_.reader.mode,
                                       .columns = job_.reader.columns,
                                       .key_names = job_.key_names,
                                       .sequence_info = job_.reader.sequence_info,
                                       .shard = claimed.shard},
                              .corrupt_retries_max = job_.reader.address.max_retries};
    return std::unique_ptr<Source>(std::make_unique<StreamSource>(
        client, clock_, context.stop, std::move(config), std::move(start), std::move(resume)));
}

Status StreamJobRunner::run_into_oss(const Claimed& claimed, const CallContext& context,
                                     Source& source) {
    MILLRACE_ASSIGN(const OssWriterConfig config, read_oss_writer(job_.job.writer));
    oss::Client client(context, config.address);
    OssTarget target(client, config, naming_of(config.object, config.suffix, job_.instance),
                     claimed.shard,
                     [&](uint32_t count) { return store_.reserve(claimed.fence, count); });
    return run_window(claimed, context, source, target);
}

Status StreamJobRunner::run_into_elasticsearch(const Claimed& claimed, const CallContext& context,
                                               tablestore::Client& client, Source& source) {
    MILLRACE_ASSIGN(const elasticsearch::WriterConfig config,
                    elasticsearch::read_writer_config(job_.job.writer));
    elasticsearch::WriterOptions options;
    options.source = {job_.key_names, job_.reader.columns};
    options.by_image = claimed.by_image;
    options.images = table_images(client, job_.reader.table, job_.key_names, job_.reader.columns);
    MILLRACE_ASSIGN(const std::unique_ptr<elasticsearch::Writer> target,
                    elasticsearch::Writer::create(context, config, std::move(options)));
    return run_window(claimed, context, source, *target);
}

Status StreamJobRunner::run_window(const Claimed& claimed, const CallContext& context,
                                   Source& source, Target& target) {
    WindowRun run(claimed, {store_, source, target, limits_, quarantine_, meter_, context.stop});
    return run.run();
}

oss::Naming naming_of(const std::string& object, const std::string& suffix,
                      const InstanceView& instance) {
    return {
        .object = object, .suffix = suffix, .window = instance.window, .replay = instance.number};
}

}  // namespace millrace
