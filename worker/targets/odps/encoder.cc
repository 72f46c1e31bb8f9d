#include "worker/targets/odps/encoder.h"

#include <algorithm>

namespace millrace {

using maxcompute::RecordWriter;
using maxcompute::WrittenColumn;

Result<OdpsEncoder> OdpsEncoder::create(std::vector<WrittenColumn> columns,
                                        const CellRules& rules) {
    MILLRACE_ASSIGN(CellWriter cells, CellWriter::create(rules));
    return OdpsEncoder(std::move(columns), std::move(cells));
}

OdpsEncoder::OdpsEncoder(std::vector<WrittenColumn> columns, CellWriter cells)
    : columns_(std::move(columns)), cells_(std::move(cells)) {
    std::sort(columns_.begin(), columns_.end(),
              [](const WrittenColumn& a, const WrittenColumn& b) { return a.number < b.number; });
}

Append OdpsEncoder::append(const Change& change, RecordWriter& writer, RowCounts& counts) {
    Append outcome = drop_rule(change);
    if (outcome.kind == Append::Kind::kDropped) return outcome;
    const RecordWriter before = writer;
    Sum128 sum;
    for (size_t i = 0; i < change.rows; ++i) {
        const std::string_view reason = append_row(change.row(i), writer, outcome.column);
        if (!reason.empty()) {
            writer.go_back_to(before);
            outcome.kind = Append::Kind::kDirty;
            outcome.reason = reason;
            return outcome;
        }
        sum.add(writer.record_bytes());
    }
    counts.rows += change.rows;
    counts.sum.add(sum);
    return outcome;
}

std::string_view OdpsEncoder::append_row(std::span<const Value> row, RecordWriter& writer,
                                         int& dirty_column) {
    static const Value kNothing;
    writer.begin_record();
    for (const WrittenColumn& column : columns_) {
        const Value& value = column.source < row.size() ? row[column.source] : kNothing;
        const std::string_view reason = cells_.put(writer, column.number, column.column, value);
        if (reason.empty()) continue;
        dirty_column = static_cast<int>(column.source);
        return reason;
    }
    writer.end_record();
    return {};
}

}  // namespace millrace
