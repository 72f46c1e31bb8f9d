#include "worker/targets/opensearch/writer.h"

#include <algorithm>

#include "worker/targets/row_rules.h"

namespace millrace::opensearch {
namespace {

// A millisecond that goes on longer is cut all the same: memory is bounded.
// How old a millisecond of the source must be so that no more changes are expected in it.
constexpr Duration kSettled = std::chrono::seconds(1);
constexpr size_t kTiedChangesMax = 20'000;
constexpr size_t kTiedBytesMax = 8 << 20;
// The service counts a push by v2 after its encoding, which makes three bytes of some.
constexpr uint64_t kBytesOfVersion2 = 650'000;

RetryPolicy policy_of(const OpenSearchWriterConfig& config) {
    RetryPolicy policy;
    policy.retries_max = config.max_retries;
    return policy;
}

// v2 has no command that changes a document or makes it when it is not there.
bool writes_whole(const OpenSearchWriterConfig& config) {
    return config.version2 || config.write_mode == DocumentWriteMode::kAdd;
}

DeliveryOptions delivery_of(const OpenSearchWriterConfig& config, WriterOptions& options) {
    return {.push_documents = config.batch_documents,
            .push_bytes = config.version2 ? std::min(config.batch_bytes, kBytesOfVersion2)
                                          : config.batch_bytes,
            .by_image = options.by_image,
            .whole_only = writes_whole(config),
            .propagate_deletes = config.propagate_deletes,
            .ignore_write_error = config.ignore_write_error,
            .images = std::move(options.images)};
}

}  // namespace

Writer::Writer(const CallContext& context, const OpenSearchWriterConfig& config, Config address,
               WriterOptions options)
    : config_(config),
      source_(std::move(options.source)),
      changes_(options.changes),
      client_(context, std::move(address), policy_of(config)),
      delivery_(client_, delivery_of(config, options)),
      first_(layout_),
      second_(layout_) {
    for (const std::string& name : config.columns) layout_.names.emplace_back(name);
    layout_.keep_keys = options.by_image;
    layout_.keep_keys_of_updates = writes_whole(config);
}

Result<std::unique_ptr<Writer>> Writer::create(const CallContext& context,
                                               const OpenSearchWriterConfig& config,
                                               WriterOptions options) {
    MILLRACE_ASSIGN(Config address, make_config(settings_of(config)));
    if (options.by_image && !options.images) {
        return config_error("opensearch writer: a run by image needs a reader of rows");
    }
    return std::unique_ptr<Writer>(
        new Writer(context, config, std::move(address), std::move(options)));
}

Status Writer::begin(const std::string&, const std::vector<Part>&) {
    filling_->clear();
    MILLRACE_ASSIGN(const AppInfo app, what_is_told(client_));
    MILLRACE_ASSIGN(const ApplicationFit fit, fit_application(config_, source_, app));
    layout_.timestamps = fit.timestamps;
    layout_.key_column = fit.key_column;
    layout_.key_of_source = fit.key_of_source;
    return {};
}

Append Writer::append(const Change& change) {
    if (change.kind == ChangeKind::kDelete && !config_.propagate_deletes) {
        return {.kind = Append::Kind::kDropped, .rule = DropRule::kDeleteInRowMode};
    }
    if (says_nothing(change)) {
        return {.kind = Append::Kind::kDropped, .rule = DropRule::kNoConfiguredColumn};
    }
    if (auto dirty = filling_->add(change)) {
        return {.kind = Append::Kind::kDirty,
                .reason = std::move(dirty->reason),
                .column = dirty->column};
    }
    const size_t changes = filling_->changes().size(), bytes = filling_->bytes();
    if (changes < config_.batch_documents && bytes < config_.batch_bytes) return {};
    const bool goes_on = changes_ && changes < kTiedChangesMax && bytes < kTiedBytesMax;
    return {.kind = goes_on ? Append::Kind::kRipe : Append::Kind::kFull};
}

// Changes of one document in one millisecond have one timestamp, so they must become one operation.
bool Writer::belongs(const Change& change) const {
    return change.ordered_us >= 0 && !filling_->empty() &&
           static_cast<uint64_t>(change.ordered_us) / 1000 == filling_->last_time();
}

// Another change of the last one's millisecond may still come while that is new.
bool Writer::may_end_early(TimePoint source_now) const {
    const auto last = std::chrono::milliseconds(filling_->last_time());
    return source_now > TimePoint(last) + kSettled;
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
    delivered.bytes = sending_->bytes();
    delivered.sum = sending_->sum();
    delivered.staging = "{}";
    return delivered;
}

}  // namespace millrace::opensearch
