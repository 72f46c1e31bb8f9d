#include "worker/source/table/reader.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/crash_point.h"
#include "common/codec/plainbuffer/order.h"
#include "common/codec/plainbuffer/writer.h"

namespace millrace {
namespace {

using tablestore::RangePage;
namespace wire = tablestore::wire;

constexpr size_t kColumnsMax = 128;  // of the service: names in one request
constexpr Duration kPauseFirst = std::chrono::milliseconds(50);
constexpr Duration kPauseMax = std::chrono::seconds(1);

Status damaged(std::string why) {
    return Status(Code::kCorrupt, std::move(why));
}

bool is_one_of(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// A request that names columns gets no rows that have none of them. In normal mode these are rows
// too, so a key column is named as well: every row has it.
void select_columns(const TableRowShape& shape, wire::GetRangeRequest& request) {
    if (shape.columns_found || shape.columns.empty()) return;
    std::vector<std::string> wanted;
    if (shape.mode == TableReadMode::kNormal) wanted.push_back(shape.key_names.front());
    for (const TableColumn& column : shape.columns) {
        const bool attribute = !column.constant && !is_one_of(shape.key_names, column.name);
        if (attribute && !is_one_of(wanted, column.name)) wanted.push_back(column.name);
    }
    if (wanted.size() > kColumnsMax) return;  // all come, the shaper passes over the others
    for (std::string& name : wanted) request.add_columns_to_get(std::move(name));
}

void select_versions(const TableSourceConfig& config, wire::GetRangeRequest& request) {
    request.set_max_versions(config.max_versions);
    const TableSourceConfig all;
    if (config.time_begin_ms == all.time_begin_ms && config.time_end_ms == all.time_end_ms) return;
    request.mutable_time_range()->set_start_time(config.time_begin_ms);
    request.mutable_time_range()->set_end_time(config.time_end_ms);
}

wire::GetRangeRequest make_request(const TableSourceConfig& config) {
    wire::GetRangeRequest request;
    request.set_table_name(config.table);
    request.set_direction(config.range.forward ? wire::FORWARD : wire::BACKWARD);
    request.set_exclusive_end_primary_key(config.range.end);
    select_columns(config.rows, request);
    select_versions(config, request);
    return request;
}

}  // namespace

TableSource::TableSource(tablestore::Client& client, Clock& clock, std::stop_token stop,
                         TableSourceConfig config, std::optional<tablestore::RangePosition> resume)
    : clock_(clock),
      stop_(std::move(stop)),
      config_(std::move(config)),
      shaper_(config_.rows),
      hash_(config_.shard),
      request_(make_request(config_)),
      fetch_(client),
      place_(resume.value_or(tablestore::RangePosition())) {}

Result<bool> TableSource::next(Change& change) {
    if (ended_) return false;
    if (!opened_) open();
    for (;;) {
        if (!has_page_) {
            MILLRACE_ASSIGN(const bool more, next_page());
            if (!more) return false;
        }
        const Result<bool> row = next_row();
        if (!row.ok()) {
            MILLRACE_TRY(on_corrupt(row.status()));
            continue;
        }
        if (!*row) continue;
        corrupt_retries_ = 0;
        pause_ = Duration(0);
        change.sequence = {0, static_cast<int64_t>(place_.rows), 0};
        change.ordered_us = config_.ordered_us;
        shaper_.shape(row_, change);
        ++place_.rows;
        return true;
    }
}

// Goes on at the place. The row that was read last is asked for again: ranges begin with their
// first key, and it may have gone meanwhile.
void TableSource::open() {
    opened_ = true;
    has_page_ = false;
    known_may_come_ = !place_.after.empty();
    fetch_.cancel();
    page_.next = known_may_come_ ? place_.after : config_.range.begin;
}

void TableSource::fetch_from(const std::string& key, RangePage reuse) {
    request_.set_inclusive_start_primary_key(key);
    fetch_.start(request_, std::move(reuse));
}

// False at the range's end.
Result<bool> TableSource::next_page() {
    if (stop_.stop_requested()) return Status(Code::kCancelled, "stopped by request");
    if (!page_.next) {
        ended_ = true;
        return false;
    }
    page_begin_ = *page_.next;
    if (!fetch_.started()) fetch_from(page_begin_, std::move(spare_));
    Result<RangePage> page = fetch_.finish();
    if (!page.ok()) return page.status().with_context("table " + config_.table);
    crash_point("after_read");
    spare_ = std::move(page_);
    page_ = *std::move(page);
    rows_ = plainbuffer::RowReader(page_.rows);
    has_page_ = true;
    if (page_.next) fetch_from(*page_.next, std::move(spare_));
    return true;
}

// False when the page is done, or the row was given before.
Result<bool> TableSource::next_row() {
    bool more = false;
    if (!page_.rows.empty()) {
        MILLRACE_ASSIGN(more, rows_.next(reading_));
    }
    if (!more) {
        MILLRACE_TRY(leave_page());
        return false;
    }
    MILLRACE_TRY(check(reading_));
    std::swap(row_, reading_);
    if (!std::exchange(known_may_come_, false)) return true;
    MILLRACE_ASSIGN(const auto order, compare_to_row(place_.after));
    return order != 0;
}

Status TableSource::check(const plainbuffer::Row& row) const {
    if (row.key.size() != config_.rows.key_names.size()) {
        return damaged("a row has another number of key columns than the table");
    }
    for (const auto& cell : row.cells) {
        if (cell.op != plainbuffer::CellOp::kPut) return damaged("a row has a deleted cell");
    }
    return {};
}

// How `key` stands to the row last read, in the order of keys.
Result<std::strong_ordering> TableSource::compare_to_row(const std::string& key) const {
    plainbuffer::Row other;
    MILLRACE_TRY(plainbuffer::read_row(key, other));
    return plainbuffer::compare(other.key, row_.key);
}

// A page must lead on, or reading would never end, or give rows twice.
Status TableSource::leave_page() {
    if (page_.next) {
        auto order = has_row() ? compare_to_row(*page_.next)
                               : tablestore::compare_keys(*page_.next, page_begin_);
        MILLRACE_TRY(order.status());
        if (has_row() && *order == 0) {
            return fatal_error("a row of table " + config_.table +
                               " is too large to be read in one piece");
        }
        if (config_.range.forward ? *order <= 0 : *order >= 0) {
            return damaged("a page of rows leads back");
        }
    }
    place_.after = last_key();
    has_page_ = false;
    return {};
}

// Damaged bytes never reach the target: the page is asked for again, from the place we are at.
Status TableSource::on_corrupt(const Status& status) {
    if (status.code() != Code::kCorrupt) return status;
    const std::string what = "table " + config_.table + ", " + config_.shard.text();
    if (++corrupt_retries_ > config_.corrupt_retries_max) {
        return status.with_context(what + ": again and again");
    }
    pause_ = std::min(kPauseMax, std::max(kPauseFirst, pause_ * 2));
    if (!clock_.sleep(pause_, stop_)) return Status(Code::kCancelled, "stopped by request");
    place_.after = last_key();
    rows_ = plainbuffer::RowReader({});
    open();
    return {};
}

std::string TableSource::last_key() const {
    return has_row() ? plainbuffer::encode_key(row_.key) : place_.after;
}

std::string TableSource::position() const {
    return tablestore::to_json(tablestore::RangePosition{last_key(), place_.rows});
}

ItemEnd TableSource::end() const {
    MILLRACE_CHECK(ended_);
    return {EndKind::kBorder, position()};
}

}  // namespace millrace
