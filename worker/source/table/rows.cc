#include "worker/source/table/rows.h"

namespace millrace {
namespace {

std::vector<std::string> names_of(const std::vector<TableColumn>& columns) {
    std::vector<std::string> names;
    for (const TableColumn& column : columns) names.push_back(column.name);
    return names;
}

}  // namespace

TableShaper::TableShaper(TableRowShape shape)
    : shape_(std::move(shape)), columns_(names_of(shape_.columns)) {
    for (const std::string& name : shape_.key_names) key_columns_.push_back(columns_.find(name));
    twins_.assign(shape_.columns.size(), -1);
    for (size_t i = 0; i < shape_.columns.size(); ++i) {
        const TableColumn& column = shape_.columns[i];
        blank_.push_back(column.constant ? column.constant->value() : Value());
        if (column.constant) continue;
        int last = columns_.find(column.name);
        while (twins_[static_cast<size_t>(last)] >= 0) last = twins_[static_cast<size_t>(last)];
        if (last != static_cast<int>(i)) twins_[static_cast<size_t>(last)] = static_cast<int>(i);
    }
}

void TableShaper::shape(const plainbuffer::Row& row, Change& change) {
    change.kind = ChangeKind::kPut;
    change.unreadable = {};
    key_.clear();
    for (const auto& cell : row.key) key_.push_back(cell.value.value);
    change.key = key_;
    if (shape_.mode == TableReadMode::kNormal) {
        shape_row(row, change);
    } else {
        shape_versions(row, change);
    }
    change.values = values_;
}

void TableShaper::set(int column, const Value& value) {
    for (; column >= 0; column = twins_[static_cast<size_t>(column)]) {
        values_[static_cast<size_t>(column)] = value;
    }
}

// Every row of the table is a row, also when it has none of the configured columns.
void TableShaper::shape_row(const plainbuffer::Row& row, Change& change) {
    change.width = blank_.size();
    change.rows = 1;
    change.any_value = true;
    values_ = blank_;
    for (size_t i = 0; i < key_.size() && i < key_columns_.size(); ++i) {
        set(key_columns_[i], key_[i]);
    }
    // An attribute of a key column's name wins, as in DataX.
    for (size_t i = 0; i < row.cells.size(); ++i) {
        const int column = columns_.find(i, row.cells[i].name);
        if (column >= 0) {
            set(column, row.cells[i].value);
        } else if (shape_.columns_found && change.unreadable.empty()) {
            reason_ = "column \"" + std::string(row.cells[i].name) +
                      "\" was not in the first rows of the table, so \"column\": [] did not find "
                      "it: name the columns in the script";
            change.unreadable = reason_;
        }
    }
}

void TableShaper::shape_versions(const plainbuffer::Row& row, Change& change) {
    change.width = key_.size() + 3;
    values_.clear();
    for (size_t i = 0; i < row.cells.size(); ++i) {
        const plainbuffer::Cell& cell = row.cells[i];
        if (!shape_.columns.empty() && columns_.find(i, cell.name) < 0) continue;
        values_.insert(values_.end(), key_.begin(), key_.end());
        values_.push_back(Value::of_string(cell.name));
        values_.push_back(cell.timestamp_ms ? Value::of_integer(*cell.timestamp_ms)
                                            : Value::null());
        values_.push_back(cell.value);
    }
    change.rows = values_.size() / change.width;
    change.any_value = change.rows > 0;
}

}  // namespace millrace
