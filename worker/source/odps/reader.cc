#include "worker/source/odps/reader.h"

#include <algorithm>

#include "common/record/packed.h"

namespace millrace {
namespace {

bool is_shape(const std::vector<ShapeColumn>& a, const std::vector<ShapeColumn>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& two) {
        return one.name == two.name && one.type == two.type;
    });
}

}  // namespace

OdpsSource::OdpsSource(maxcompute::Client& client, std::stop_token stop, OdpsSourceConfig config,
                       TimeTexts texts, maxcompute::RowsPosition resume)
    : stop_(std::move(stop)),
      config_(std::move(config)),
      texts_(std::move(texts)),
      place_(resume),
      hash_(config_.shard),
      pieces_(client, config_.table, config_.rows, resume.row, config_.pieces) {}

Result<bool> OdpsSource::next(Change& change) {
    if (stop_.stop_requested()) return Status(Code::kCancelled, "stopped by request");
    if (place_.row >= config_.rows.count) return false;
    if (!rows_) MILLRACE_TRY(open());
    MILLRACE_TRY(next_fields());
    change.kind = ChangeKind::kPut;
    change.sequence = {0, static_cast<int64_t>(config_.rows.first + place_.row), 0};
    change.ordered_us = config_.ordered_us;
    change.any_value = true;
    change.unreadable = {};
    const int odd = rows_->read(fields_);
    change.values = rows_->values();
    change.rows = 1;
    change.width = change.values.size();
    if (odd >= 0) [[unlikely]]
        explain(odd, change);
    packed_.clear();
    pack(change.values, packed_);
    ++place_.row;
    return true;
}

Status OdpsSource::open() {
    MILLRACE_ASSIGN(const std::vector<maxcompute::Column> table, pieces_.open());
    std::vector<std::string> keys;
    for (const auto& [key, value] : config_.rows.partition) keys.push_back(key);
    auto columns = maxcompute::read_columns(table, keys, config_.columns);
    if (!columns.ok()) return columns.status().with_context("table " + config_.table);
    if (!is_shape(maxcompute::shape_of(*columns), config_.shape)) {
        return Status(Code::kSourceChanged,
                      "the columns of table " + config_.table +
                          " are not those that the run began with: run the transfer again");
    }
    rows_.emplace(*std::move(columns), table, config_.rows.partition, texts_);
    pieces_.choose(rows_->fetched());
    return {};
}

Status OdpsSource::next_fields() {
    for (;;) {
        if (records_) {
            MILLRACE_ASSIGN(const bool more, records_->next(fields_));
            if (more) return {};
        }
        records_.reset();
        MILLRACE_ASSIGN(const std::string_view stream, pieces_.next());
        records_.emplace(rows_->fetched(), stream);
    }
}

void OdpsSource::explain(int column, Change& change) {
    reason_ = "column \"" + config_.shape[static_cast<size_t>(column)].name +
              "\": it is a time outside of the years 1 to 9999";
    change.unreadable = reason_;
    change.unreadable_column = column;
}

}  // namespace millrace
