#include "worker/targets/opensearch/delivery.h"

#include <algorithm>

#include "common/services/opensearch/errors.h"

namespace millrace::opensearch {
namespace {

// Images lie that much before the read of the row: changes that are not in it are newer (P12).
constexpr std::chrono::seconds kImageAge(60);
constexpr std::string_view kTooLarge = "the document is larger than OpenSearch takes";

uint64_t to_time(TimePoint time) {
    return static_cast<uint64_t>(to_micros(time)) / 1000;
}

}  // namespace

Status Delivery::start(const Batch& batch) {
    batch_ = &batch;
    operations_bytes_.clear();
    operations_.clear();
    pushes_.clear();
    refused_.clear();
    MILLRACE_TRY(make_operations());
    cut_pushes();
    if (!pushes_.empty()) begin_push(pushes_.front());
    return {};
}

Status Delivery::finish(std::vector<Refused>& refused) {
    for (size_t i = 0; i < pushes_.size(); ++i) {
        if (i > 0) begin_push(pushes_[i]);
        MILLRACE_TRY(settle(pushes_[i], client_.finish_push()));
    }
    std::sort(refused_.begin(), refused_.end(),
              [](const Refused& a, const Refused& b) { return a.change < b.change; });
    refused = std::move(refused_);
    return {};
}

Status Delivery::make_operations() {
    std::vector<const Entry*> images;
    for (const Entry& entry : batch_->entries()) {
        batch_->fold(entry, folded_);
        const bool partial = folded_.kind == Folded::Kind::kPartial;
        if (options_.by_image || (options_.whole_only && partial)) {
            images.push_back(&entry);
            continue;
        }
        const size_t begin = operations_bytes_.size();
        batch_->append_folded(entry, folded_, operations_bytes_);
        add_operation(entry, false, begin);
    }
    return images.empty() ? Status() : add_images(images);
}

void Delivery::add_operation(const Entry& entry, bool image, size_t begin) {
    const size_t end = operations_bytes_.size();
    if (end - begin > options_.document_bytes) {
        refuse(entry, std::string(kTooLarge), -1, {});
        operations_bytes_.truncate(begin);
        return;
    }
    operations_.push_back({&entry, begin, end, image});
}

Status Delivery::add_images(const std::vector<const Entry*>& entries) {
    if (!options_.images) {
        return fatal_error("opensearch writer: rows of this source cannot be read again");
    }
    // The time is taken before the rows are read.
    const uint64_t now = to_time(client_.server_time() - kImageAge);
    std::vector<RowKey> keys;
    for (const Entry* entry : entries) keys.push_back(batch_->key(entry->key));
    MILLRACE_ASSIGN(const auto rows, options_.images(keys));
    for (size_t i = 0; i < entries.size(); ++i) {
        const Entry& entry = *entries[i];
        const uint64_t time = options_.by_image ? now : batch_->changes()[entry.last].version;
        const size_t begin = operations_bytes_.size();
        if (!rows[i]) {
            if (!options_.propagate_deletes) continue;
            batch_->append_delete(entry, time, operations_bytes_);
        } else if (auto dirty =
                       batch_->append_image(entry, rows[i]->values, time, operations_bytes_)) {
            operations_bytes_.truncate(begin);
            refuse(entry, dirty->reason, dirty->column, {});
            continue;
        }
        add_operation(entry, true, begin);
    }
    return {};
}

void Delivery::cut_pushes() {
    size_t bytes = 0;
    for (size_t i = 0; i < operations_.size(); ++i) {
        const size_t size = operations_[i].end - operations_[i].begin + 1;
        const bool full = !pushes_.empty() && (pushes_.back().size() >= options_.push_documents ||
                                               bytes + size > options_.push_bytes);
        if (pushes_.empty() || full) {
            pushes_.push_back({i, i});
            bytes = 1;
        }
        bytes += size;
        pushes_.back().last = i + 1;
    }
}

void Delivery::begin_push(Range range) {
    body_.clear();
    body_.append("[");
    for (size_t i = range.first; i < range.last; ++i) {
        if (i > range.first) body_.append(",");
        const Operation& operation = operations_[i];
        body_.append(
            operations_bytes_.view().substr(operation.begin, operation.end - operation.begin));
    }
    body_.append("]");
    client_.start_push(body_.view());
}

Status Delivery::settle(Range range, const Status& outcome) {
    if (outcome.ok()) {
        any_taken_ = true;
        return {};
    }
    if (outcome.retryable() && options_.ignore_write_error) {
        refuse(range, "given up after all tries (ignoreWriteError)");
        return {};
    }
    if (outcome.code() != Code::kDirtyRecord) return outcome;
    if (range.size() > 1) return split(range);
    const bool bad_json = outcome.service_code() == std::to_string(kBadJson);
    if (bad_json && !any_taken_ && batch_->layout().timestamps) return not_taken(outcome);
    const Operation& operation = operations_[range.first];
    const Entry& entry = *operation.entry;
    if (entry.changes > 1 && !operation.image && may_stand_alone(entry)) {
        return send_changes_alone(entry);
    }
    refuse(range, "refused by OpenSearch: error " + outcome.service_code());
    return {};
}

Status Delivery::split(Range range) {
    const size_t middle = range.first + range.size() / 2;
    for (const Range half : {Range{range.first, middle}, Range{middle, range.last}}) {
        begin_push(half);
        MILLRACE_TRY(settle(half, client_.finish_push()));
    }
    return {};
}

// Where documents are written whole, an update is nothing without the change before it.
bool Delivery::may_stand_alone(const Entry& entry) const {
    for (uint32_t i = entry.first; options_.whole_only; i = batch_->changes()[i].next) {
        if (batch_->changes()[i].kind == ChangeKind::kUpdate) return false;
        if (i == entry.last) break;
    }
    return true;
}

// Only what is bad is refused: an earlier or a later change of the document may be good.
Status Delivery::send_changes_alone(const Entry& entry) {
    for (uint32_t i = entry.first;; i = batch_->changes()[i].next) {
        body_.clear();
        body_.append("[");
        batch_->append_change(batch_->changes()[i], body_);
        body_.append("]");
        const Status outcome = client_.push(body_.view());
        if (outcome.code() == Code::kDirtyRecord) {
            refused_.push_back({.change = i,
                                .reason = "refused by OpenSearch: error " + outcome.service_code(),
                                .content = std::string(body_.view())});
        } else if (!outcome.ok()) {
            return outcome;
        }
        if (i == entry.last) return {};
    }
}

// Bad JSON is also what the standard edition answers to a timestamp.
Status Delivery::not_taken(const Status& why) const {
    return config_error(
               why.text() +
               "; the first document was refused as bad JSON, which is what an application "
               "of the standard edition answers to a timestamp: write \"timestamps\": "
               "\"off\" if it is one")
        .with_service_code(why.service_code());
}

void Delivery::refuse(const Entry& entry, const std::string& reason, int column,
                      std::string content) {
    for (uint32_t i = entry.first;; i = batch_->changes()[i].next) {
        refused_.push_back({.change = i, .reason = reason, .column = column, .content = content});
        if (i == entry.last) return;
    }
}

void Delivery::refuse(Range range, const std::string& reason) {
    for (size_t i = range.first; i < range.last; ++i) {
        const Operation& operation = operations_[i];
        refuse(*operation.entry, reason, -1,
               std::string(operations_bytes_.view().substr(operation.begin,
                                                           operation.end - operation.begin)));
    }
}

}  // namespace millrace::opensearch
