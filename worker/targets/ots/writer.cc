#include "worker/targets/ots/writer.h"

#include <algorithm>

namespace millrace::ots {

Writer::Writer(const CallContext& context, Layout layout, ImageReader images)
    : config_(layout.config),
      client_(context, config_.address),
      encoder_(std::move(layout)),
      delivery_(context, client_,
                {.table = config_.table,
                 .propagate_deletes = config_.propagate_deletes,
                 .images = images}),
      first_(encoder_, images != nullptr),
      second_(encoder_, images != nullptr) {}

Result<std::unique_ptr<Writer>> Writer::create(const CallContext& context,
                                               const TableWriterConfig& config,
                                               WriterOptions options) {
    Layout layout{config, options.zone, {}};
    if (options.from_stream) {
        MILLRACE_ASSIGN(layout.key_from, source_key_positions(config, options.source));
    }
    return std::unique_ptr<Writer>(
        new Writer(context, std::move(layout), std::move(options.images)));
}

Status Writer::begin(const std::string&, const std::vector<Part>&) {
    filling_->clear();
    return {};
}

Append Writer::append(const Change& change) {
    Append outcome;
    if (change.kind == ChangeKind::kDelete && !config_.propagate_deletes) {
        outcome.kind = Append::Kind::kDropped;
        outcome.rule = DropRule::kDeleteInRowMode;
        return outcome;
    }
    Dirty dirty;
    switch (filling_->add(change, dirty)) {
        case Batch::Added::kYes: break;
        case Batch::Added::kNothingToWrite:
            outcome.kind = Append::Kind::kDropped;
            outcome.rule = DropRule::kNoConfiguredColumn;
            return outcome;
        case Batch::Added::kDirty:
            outcome.kind = Append::Kind::kDirty;
            outcome.reason = std::move(dirty.reason);
            outcome.column = dirty.column;
            return outcome;
    }
    // One more change like this one would pass the limit.
    const size_t bytes = filling_->bytes() + filling_->bytes_of_last_change();
    const size_t rows = std::min<size_t>(config_.batch_rows, kRowsMax);
    if (filling_->entries().size() >= rows || bytes > config_.batch_bytes) {
        outcome.kind = Append::Kind::kFull;
    }
    return outcome;
}

Status Writer::send(bool) {
    std::swap(filling_, sending_);
    filling_->clear();
    return delivery_.start(*sending_);
}

Result<Delivered> Writer::acknowledge() {
    Delivered delivered;
    MILLRACE_TRY(delivery_.finish(delivered.refused));
    delivered.changes = sending_->changes();
    delivered.rows = delivered.changes;
    delivered.bytes = sending_->bytes();
    delivered.sum = sending_->sum();
    delivered.staging = "{}";
    return delivered;
}

}  // namespace millrace::ots
