#include "worker/targets/ots/delivery.h"

#include <algorithm>

#include "common/base/planted_bug.h"
#include "common/codec/plainbuffer/writer.h"

namespace millrace::ots {
namespace {

namespace wire = tablestore::wire;

constexpr Duration kPauseFirst = std::chrono::milliseconds(100);
constexpr Duration kPauseMax = std::chrono::seconds(10);
constexpr Duration kAllTries = std::chrono::minutes(5);
// What a row costs in a request besides its bytes.
constexpr size_t kRowOverhead = 32;

// Of a row or, when it comes for a whole request, of at least one of its rows.
bool is_bad_row(const Status& status) {
    static constexpr std::string_view kCodes[] = {
        "OTSParameterInvalid",      "OTSInvalidPK",           "OTSOutOfRowSizeLimit",
        "OTSOutOfColumnCountLimit", "OTSRequestBodyTooLarge", "OTSConditionCheckFail",
    };
    return std::find(std::begin(kCodes), std::end(kCodes), status.service_code()) !=
           std::end(kCodes);
}

}  // namespace

Status Delivery::start(const Batch& batch) {
    batch_ = &batch;
    groups_.clear();
    again_.clear();
    refused_.clear();
    refused_changes_.clear();
    rounds_ = 0;
    began_ = context_.clock.monotonic();
    std::vector<Item>& all = groups_.emplace_back();
    for (uint32_t i = 0; i < batch.entries().size(); ++i) {
        all.push_back({i, batch.entries()[i].first, false});
    }
    return begin_request();
}

Status Delivery::finish(std::vector<Refused>& refused) {
    for (;;) {
        MILLRACE_TRY(finish_request());
        if (groups_.empty() && again_.empty()) break;
        if (groups_.empty()) {
            MILLRACE_TRY(wait_before_next_round());
            groups_.push_back(std::exchange(again_, {}));
        }
        MILLRACE_TRY(begin_request());
    }
    std::sort(refused_.begin(), refused_.end(),
              [](const Refused& a, const Refused& b) { return a.change < b.change; });
    refused = std::move(refused_);
    return {};
}

// Of the last group as many rows as a request may hold; the others make a group of their own.
Status Delivery::begin_request() {
    wire::BatchWriteRowRequest request;
    auto& rows = *request.add_tables();
    rows.set_table_name(options_.table);
    sent_.clear();
    request_bytes_ = 0;
    while (rows.rows_size() == 0 && !groups_.empty()) {
        const std::vector<Item> group = std::move(groups_.back());
        groups_.pop_back();
        MILLRACE_TRY(read_images(group));
        for (size_t i = 0; i < group.size(); ++i) {
            Sent sent{group[i], Piece::kNone, false};
            MILLRACE_ASSIGN(const bool write, make_row(i, sent));
            if (!write) continue;
            const size_t size = folded_.row.size() + kRowOverhead;
            const bool full = sent_.size() == kRowsMax || request_bytes_ + size > kRequestBytesMax;
            if (full && !sent_.empty()) {
                groups_.emplace_back(group.begin() + static_cast<ptrdiff_t>(i), group.end());
                break;
            }
            request_bytes_ += size;
            sent_.push_back(sent);
            auto& row = *rows.add_rows();
            row.set_type(folded_.operation);
            row.set_row_change(std::move(folded_.row));
            row.mutable_condition()->set_row_existence(wire::IGNORE);
        }
    }
    if (sent_.empty()) return {};
    write_.start(request);
    under_way_ = true;
    return {};
}

Status Delivery::read_images(const std::vector<Item>& group) {
    images_.clear();
    if (!options_.images) return {};
    std::vector<std::vector<Value>> keys;
    for (const Item& item : group) {
        keys.push_back(batch_->source_key(batch_->entries()[item.entry]));
    }
    const std::vector<RowKey> views(keys.begin(), keys.end());
    MILLRACE_ASSIGN(images_, options_.images(views));
    if (images_.size() != group.size()) return fatal_error("images: not one row for each key");
    return {};
}

// Fills `folded_`; false when there is nothing to write.
Result<bool> Delivery::make_row(size_t index, Sent& sent) {
    if (options_.images) return make_image(images_[index], sent);
    MILLRACE_TRY(fold(*batch_, sent.item.first, sent.item.alone, folded_));
    sent.until = folded_.until;
    sent.several = folded_.several;
    return true;
}

Result<bool> Delivery::make_image(const std::optional<ImageRow>& image, const Sent& sent) {
    if (!image && !options_.propagate_deletes) return false;
    RowEncoder& encoder = batch_->encoder();
    const std::vector<Value> key = batch_->source_key(batch_->entries()[sent.item.entry]);
    const std::span<const Value> values = image ? image->values : std::span<const Value>();
    plainbuffer::Row row;
    std::optional<Dirty> dirty = encoder.set_key(key, values, row);
    folded_.operation = wire::DELETE;
    row.delete_marker = !image;
    if (image && !dirty) {
        dirty = encoder.set_cells(values, true, row);
        const bool put = encoder.config().mode == TableWriteMode::kPut;
        folded_.operation = put ? wire::PUT : wire::UPDATE;
    }
    if (dirty) {
        refuse(sent, dirty->reason, dirty->column);
        return false;
    }
    folded_.row = plainbuffer::encode_row(row);
    return true;
}

Status Delivery::finish_request() {
    if (!under_way_) return {};
    under_way_ = false;
    const auto answer = write_.finish();
    if (answer.ok()) return judge_rows(*answer);
    if (!is_bad_row(answer.status())) return answer.status();
    halve(answer.status());
    return {};
}

Status Delivery::judge_rows(const wire::BatchWriteRowResponse& answer) {
    std::vector<Item> next;
    for (size_t i = 0; i < sent_.size(); ++i) {
        const auto& row = answer.tables(0).rows(static_cast<int>(i));
        Sent& sent = sent_[i];
        if (row.is_ok() || planted(PlantedBug::kPartialBulkTaken)) {
            if (sent.until == Piece::kNone) continue;
            sent.item.first = sent.until;
            next.push_back(sent.item);
        } else {
            MILLRACE_TRY(judge(row.error(), sent, next));
        }
    }
    if (!next.empty()) groups_.push_back(std::move(next));
    return {};
}

Status Delivery::judge(const wire::Error& error, const Sent& sent, std::vector<Item>& next) {
    const Status status = tablestore::row_error(error, options_.table);
    if (status.retryable()) {
        last_problem_ = error.code();
        again_.push_back(sent.item);
        return {};
    }
    if (!is_bad_row(status)) return status;
    refuse_or_part(sent, error.code(), column_named(error.message()), next);
    return {};
}

// Only the bad changes of a row are refused, and those behind them still follow.
void Delivery::refuse_or_part(const Sent& sent, const std::string& code, int column,
                              std::vector<Item>& next) {
    Item item = sent.item;
    if (sent.several) {
        item.alone = true;
    } else {
        std::string reason = "refused by Tablestore: " + code;
        if (column >= 0) reason += " on this column";
        refuse(sent, reason, column);
        item.first = sent.until;
    }
    if (item.first != Piece::kNone) next.push_back(item);
}

// A request that is refused as a whole, because of one row or because of its size.
void Delivery::halve(const Status& why) {
    std::vector<Item> next;
    if (sent_.size() == 1) {
        refuse_or_part(sent_[0], why.service_code(), column_named(why.text()), next);
    } else {
        const size_t middle = sent_.size() / 2;
        for (size_t i = middle; i < sent_.size(); ++i) next.push_back(sent_[i].item);
        groups_.push_back(std::exchange(next, {}));
        for (size_t i = 0; i < middle; ++i) next.push_back(sent_[i].item);
    }
    if (!next.empty()) groups_.push_back(std::move(next));
}

void Delivery::refuse(const Sent& sent, const std::string& reason, int column) {
    for (uint32_t i = sent.item.first; i != sent.until; i = batch_->piece(i).next) {
        const uint32_t change = batch_->piece(i).change;
        if (!refused_changes_.insert(change).second) continue;
        refused_.push_back({.change = change, .reason = reason, .column = column, .content = {}});
    }
}

Status Delivery::wait_before_next_round() {
    const Duration pause = std::min(kPauseMax, kPauseFirst * (1 << std::min(rounds_, 20)));
    const Duration jitter(
        static_cast<int64_t>(context_.random.below(static_cast<uint64_t>(pause.count()))));
    ++rounds_;
    const bool late = context_.clock.monotonic() + jitter - began_ > kAllTries;
    if (rounds_ > client_.config().max_retries || late) {
        return Status(Code::kRetry, "table " + options_.table + ": " +
                                        std::to_string(again_.size()) +
                                        " rows were still not taken after " +
                                        std::to_string(rounds_) + " tries: " + last_problem_);
    }
    if (!context_.clock.sleep(jitter, context_.stop)) {
        return Status(Code::kCancelled, "stopped while waiting to send rows again");
    }
    return {};
}

// The service quotes the column it does not like.
int Delivery::column_named(const std::string& message) const {
    const TableWriterConfig& config = batch_->encoder().config();
    int position = 0;
    for (const auto& columns : {std::cref(config.primary_key), std::cref(config.columns)}) {
        for (const NamedType& column : columns.get()) {
            if (message.find("'" + column.name + "'") != std::string::npos) return position;
            ++position;
        }
    }
    return -1;
}

}  // namespace millrace::ots
