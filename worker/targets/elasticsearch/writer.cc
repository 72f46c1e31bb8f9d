#include "worker/targets/elasticsearch/writer.h"

#include "worker/targets/row_rules.h"

namespace millrace::elasticsearch {

namespace {

constexpr size_t kBatchBytes = 4 << 20;

}  // namespace

Writer::Writer(const CallContext& context, const WriterConfig& config, WriterOptions options,
               Layout layout)
    : layout_(std::move(layout)),
      batch_changes_(config.batch_changes),
      propagate_deletes_(config.propagate_deletes),
      client_(context, config.client),
      delivery_(context, client_,
                {.index = config.index,
                 .by_image = options.by_image,
                 .ignore_write_error = config.ignore_write_error,
                 .ignore_parse_error = config.ignore_parse_error,
                 .propagate_deletes = config.propagate_deletes,
                 .images = std::move(options.images)}),
      first_(layout_),
      second_(layout_) {}

Result<std::unique_ptr<Writer>> Writer::create(const CallContext& context,
                                               const WriterConfig& config, WriterOptions options) {
    MILLRACE_ASSIGN(Layout layout,
                    layout_of(config, options.source.key_names, options.source.columns));
    layout.keep_keys = options.by_image;
    if (options.by_image && !options.images) {
        return config_error("elasticsearch writer: a run by image needs a reader of rows");
    }
    return std::unique_ptr<Writer>(
        new Writer(context, config, std::move(options), std::move(layout)));
}

Status Writer::begin(const std::string&, const std::vector<Part>&) {
    filling_->clear();
    return {};
}

Append Writer::append(const Change& change) {
    Append outcome;
    if (change.kind == ChangeKind::kDelete && !propagate_deletes_) {
        outcome.kind = Append::Kind::kDropped;
        outcome.rule = DropRule::kDeleteInRowMode;
    } else if (says_nothing(change)) {
        outcome.kind = Append::Kind::kDropped;
        outcome.rule = DropRule::kNoConfiguredColumn;
    } else if (auto dirty = filling_->add(change)) {
        outcome.kind = Append::Kind::kDirty;
        outcome.reason = std::move(dirty->reason);
        outcome.column = dirty->column;
    } else if (filling_->changes().size() >= batch_changes_ ||
               filling_->bytes().size() >= kBatchBytes) {
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
    delivered.changes = sending_->changes().size();
    delivered.rows = delivered.changes;
    delivered.bytes = sending_->bytes().size();
    delivered.sum = sending_->sum();
    delivered.staging = "{}";
    return delivered;
}

}  // namespace millrace::elasticsearch
