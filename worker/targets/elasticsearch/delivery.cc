#include "worker/targets/elasticsearch/delivery.h"

#include <algorithm>

#include "common/base/check.h"
#include "worker/targets/elasticsearch/actions.h"
#include "worker/targets/elasticsearch/merge.h"

namespace millrace::elasticsearch {

namespace {
constexpr Duration kPauseFirst = std::chrono::milliseconds(200);
constexpr Duration kPauseMax = std::chrono::seconds(30);
constexpr Duration kAllTries = std::chrono::minutes(5);
}  // namespace

Status Delivery::start(const Batch& batch) {
    batch_ = &batch;
    items_.clear();
    again_.clear();
    split_.clear();
    refused_.clear();
    rounds_ = 0;
    began_ = context_.clock.monotonic();
    for (const Entry& entry : batch.entries()) {
        items_.push_back({.entry = entry, .by_image = options_.by_image});
    }
    if (!batch.plain()) return begin_round();
    send_as_encoded();
    return {};
}

Status Delivery::finish(std::vector<Refused>& refused) {
    MILLRACE_TRY(run_rounds());
    // A folded document that was refused: its changes one after the other, so that only the bad
    // ones are lost, as if they had never met in one batch.
    for (const Entry& group : split_) {
        uint32_t next = group.first;
        for (uint32_t i = 0; i < group.changes; ++i) {
            const uint32_t change = next;
            next = batch_->changes()[change].next;
            items_.assign(1, {.entry = {change, change, 1, group.key}});
            rounds_ = 0;
            began_ = context_.clock.monotonic();
            MILLRACE_TRY(begin_round());
            MILLRACE_TRY(run_rounds());
        }
    }
    std::sort(refused_.begin(), refused_.end(),
              [](const Refused& a, const Refused& b) { return a.change < b.change; });
    refused = std::move(refused_);
    return {};
}

void Delivery::send_as_encoded() {
    actions_.clear();
    senders_.clear();
    for (uint32_t i = 0; i < items_.size(); ++i) {
        const bool remove = batch_->changes()[i].kind == ChangeKind::kDelete;
        actions_.push_back(remove ? Action::kDelete : Action::kIndex);
        senders_.push_back(i);
    }
    if (actions_.empty()) return;
    client_.start_bulk(options_.index, batch_->bytes());
    under_way_ = true;
}

Status Delivery::begin_round() {
    request_.clear();
    actions_.clear();
    senders_.clear();
    MILLRACE_TRY(add_changes());
    MILLRACE_TRY(add_images());
    if (actions_.empty()) return {};
    client_.start_bulk(options_.index, request_.view());
    under_way_ = true;
    return {};
}

Status Delivery::add_changes() {
    chosen_.clear();
    for (Item& item : items_) {
        if (item.by_image) continue;
        batch_->fold(item.entry, folded_);
        if (folded_.kind == Folded::Kind::kPartial) {
            chosen_.push_back(&item);
        } else if (folded_.only != EncodedChange::kNone) {
            add_as_encoded(item, folded_.only);
        } else if (folded_.kind == Folded::Kind::kDelete) {
            add_action(item, Action::kDelete, folded_.version);
        } else {
            add_action(item, Action::kIndex, folded_.version);
            append_document(*batch_, folded_, request_);
        }
    }
    if (chosen_.empty()) return {};
    MILLRACE_TRY(look_up(chosen_, true));
    for (size_t i = 0; i < chosen_.size(); ++i) MILLRACE_TRY(add_partial(*chosen_[i], found_[i]));
    return {};
}

// UpdateRow changes only the columns it wrote.
Status Delivery::add_partial(Item& item, const Found& found) {
    batch_->fold(item.entry, folded_);
    item.found = found.found;
    item.stored = found.version;
    if (!found.found) {
        if (folded_.only != EncodedChange::kNone) {
            add_as_encoded(item, folded_.only);
            return {};
        }
        add_action(item, Action::kIndex, folded_.version);
        append_document(*batch_, folded_, request_);
        return {};
    }
    if (found.version < folded_.version) {
        add_action(item, Action::kIndex, folded_.version);
        return append_merged(*batch_, folded_, found.source, request_);
    }
    // Already applied, unless other changes of the row carry the same version.
    if (folded_.shared_version) item.by_image = true;
    return {};
}

Status Delivery::add_images() {
    chosen_.clear();
    for (Item& item : items_) {
        if (item.by_image) chosen_.push_back(&item);
    }
    if (chosen_.empty()) return {};
    if (!options_.images) return fatal_error("the rows of the source cannot be read for images");
    // First the version, then the row: whoever writes in between makes the version newer than ours.
    MILLRACE_TRY(look_up(chosen_, false));
    std::vector<RowKey> keys;
    for (size_t i = 0; i < chosen_.size(); ++i) {
        chosen_[i]->found = found_[i].found;
        chosen_[i]->stored = found_[i].version;
        keys.push_back(batch_->key(chosen_[i]->entry.key));
    }
    MILLRACE_ASSIGN(const auto rows, options_.images(keys));
    if (rows.size() != keys.size()) return fatal_error("images: not one row for each key");
    for (size_t i = 0; i < rows.size(); ++i) add_image(*chosen_[i], rows[i]);
    return {};
}

void Delivery::add_image(Item& item, const std::optional<ImageRow>& row) {
    const uint64_t own = batch_->changes()[item.entry.last].version;
    const uint64_t version = item.found ? std::max(item.stored + 1, own) : own;
    if (!row) {
        if (options_.propagate_deletes) add_action(item, Action::kDelete, version);
        return;
    }
    const size_t before = request_.size();
    add_action(item, Action::kIndex, version);
    const auto dirty = append_row(batch_->layout(), row->values, request_);
    if (!dirty) return;
    request_.truncate(before);
    actions_.pop_back();
    senders_.pop_back();
    refuse(item.entry, dirty->reason, dirty->column);
}

void Delivery::add_action(const Item& item, Action action, uint64_t version) {
    const std::string_view id = batch_->id(batch_->changes()[item.entry.last]);
    if (action == Action::kIndex) {
        append_index_action(request_, id, version);
    } else {
        append_delete_action(request_, id, version);
    }
    actions_.push_back(action);
    senders_.push_back(static_cast<uint32_t>(&item - items_.data()));
}

void Delivery::add_as_encoded(const Item& item, uint32_t change) {
    const EncodedChange& encoded = batch_->changes()[change];
    request_.append(batch_->bytes().substr(encoded.begin, encoded.end - encoded.begin));
    actions_.push_back(encoded.kind == ChangeKind::kDelete ? Action::kDelete : Action::kIndex);
    senders_.push_back(static_cast<uint32_t>(&item - items_.data()));
}

Status Delivery::look_up(const std::vector<Item*>& items, bool with_source) {
    Buffer body;
    body.append("{\"ids\":[");
    for (const Item* item : items) {
        body.append(batch_->id(batch_->changes()[item->entry.last]));
        body.append(item == items.back() ? "]}" : ",");
    }
    for (int tries = 1;; ++tries) {
        MILLRACE_ASSIGN(answer_, client_.mget(options_.index, body.view(), with_source));
        const Status read = read_mget_reply(answer_.body, items.size(), found_);
        if (read.code() != Code::kRetry) return read;
        if (tries >= client_.config().tries) return read;
        if (!context_.clock.sleep(kPauseFirst * tries, context_.stop)) {
            return Status(Code::kCancelled, "stopped while waiting to read documents again");
        }
    }
}

Status Delivery::run_rounds() {
    for (;;) {
        MILLRACE_TRY(finish_round());
        items_.swap(again_);
        again_.clear();
        if (items_.empty()) return {};
        MILLRACE_TRY(wait_before_next_round());
        if (items_.empty()) return {};
        MILLRACE_TRY(begin_round());
    }
}

Status Delivery::finish_round() {
    slowly_ = false;
    if (!under_way_) return {};
    under_way_ = false;
    const auto answer = client_.finish_bulk();
    if (!answer.ok()) {
        if (!answer.status().retryable()) return answer.status();
        return give_up(answer.status());
    }
    MILLRACE_TRY(read_bulk_reply(answer->body, actions_, errors_));
    for (const ItemError& error : errors_) {
        MILLRACE_TRY(judge(error, items_[senders_[error.item]]));
    }
    return {};
}

Status Delivery::judge(const ItemError& error, Item& item) {
    last_problem_ = std::to_string(error.status) + " " + error.type;
    switch (error.verdict) {
        case ItemVerdict::kDone: return {};
        case ItemVerdict::kConflict:
            // Newer is there: done in a run in order, and where a newer delete is in effect. An
            // image was overtaken between the look and the write: look again.
            if (item.by_image && item.found) again_.push_back(item);
            return {};
        case ItemVerdict::kAgainSlowly: slowly_ = true; [[fallthrough]];
        case ItemVerdict::kAgain: again_.push_back(item); return {};
        case ItemVerdict::kDirty: break;
        case ItemVerdict::kFail:
            return fatal_error("index " + options_.index + ": the search server answered " +
                               last_problem_ + " for a document");
    }
    if (item.entry.changes > 1 && !item.by_image) {
        split_.push_back(item.entry);
        return {};
    }
    std::string reason = "refused by the search server: " + error.type;
    const int column = column_named(error.field);
    if (column >= 0) reason += " on this column";
    if (!options_.ignore_parse_error) {
        return fatal_error("index " + options_.index + ": a document was " + reason +
                           "; \"ignoreParseError\": true counts it as dirty instead");
    }
    refuse(item.entry, reason, column);
    return {};
}

Status Delivery::wait_before_next_round() {
    const Duration ceiling = std::min(kPauseMax, client_.config().try_interval);
    Duration pause = std::min(ceiling, kPauseFirst * (1 << std::min(rounds_, 20)));
    if (slowly_) pause = ceiling;
    const auto bound = static_cast<uint64_t>(std::max<int64_t>(1, pause.count()));
    const Duration jitter(static_cast<int64_t>(context_.random.below(bound)));
    ++rounds_;
    const bool late = context_.clock.monotonic() + jitter - began_ > kAllTries;
    if (rounds_ >= client_.config().tries || late) {
        again_.clear();
        const Status why(Code::kRetry, "index " + options_.index + ": " +
                                           std::to_string(items_.size()) +
                                           " documents were still not taken after " +
                                           std::to_string(rounds_) + " tries: " + last_problem_);
        senders_.clear();
        for (uint32_t i = 0; i < items_.size(); ++i) senders_.push_back(i);
        MILLRACE_TRY(give_up(why));
        items_.clear();
        return {};
    }
    if (!context_.clock.sleep(jitter, context_.stop)) {
        return Status(Code::kCancelled, "stopped while waiting to send documents again");
    }
    return {};
}

Status Delivery::give_up(const Status& why) {
    if (!options_.ignore_write_error) return why;
    for (const uint32_t sender : senders_) {
        refuse(items_[sender].entry, "given up after all tries (ignoreWriteError)", -1);
    }
    return {};
}

void Delivery::refuse(const Entry& entry, const std::string& reason, int column) {
    for (uint32_t i = entry.first;; i = batch_->changes()[i].next) {
        refused_.push_back({.change = i, .reason = reason, .column = column});
        if (i == entry.last) return;
    }
}

int Delivery::column_named(std::string_view field) const {
    const std::string_view top = field.substr(0, field.find('.'));
    const auto& fields = batch_->layout().fields;
    for (size_t i = 0; i < fields.size() && !field.empty(); ++i) {
        const std::string& name = fields[i].name().plain();
        if (name == field || name == top) return static_cast<int>(i);
    }
    return -1;
}

}  // namespace millrace::elasticsearch
