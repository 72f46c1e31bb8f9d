#include "worker/job/sources.h"

#include "common/config/otsstream_reader.h"
#include "worker/source/stream/reader.h"

namespace millrace {
namespace {

Result<std::unique_ptr<Source>> make_stream(const ItemParts& item) {
    const Claimed& claimed = item.claimed;
    MILLRACE_ASSIGN(const StreamReaderConfig reader, read_otsstream_reader(item.job.spec.reader));
    MILLRACE_ASSIGN(ItemStart start, parse_item_start(claimed.start));
    start.accept_loss = start.accept_loss || item.job.accept_loss;
    if (claimed.recorded_end) {
        MILLRACE_ASSIGN(const Position end, parse_position(claimed.recorded_end->position));
        // A border before the first record: nothing belongs to the item.
        start.end_after = end.place.last.value_or(Sequence{});
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
    auto& client = item.own.make<tablestore::Client>(item.context, reader.address);
    return std::unique_ptr<Source>(
        std::make_unique<StreamSource>(client, item.clock, item.context.stop, std::move(config),
                                       std::move(start), std::move(resume)));
}

}  // namespace

Result<std::unique_ptr<Source>> make_source(const ItemParts& item) {
    const std::string& plugin = item.job.spec.reader.plugin;
    if (plugin == "otsstream") return make_stream(item);
    return config_error("reader \"" + plugin + "\" is not built yet");
}

}  // namespace millrace
