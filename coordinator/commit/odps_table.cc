#include "coordinator/commit/odps_table.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/config/ascii.h"
#include "common/services/maxcompute/written_columns.h"

namespace millrace {

using maxcompute::Column;
using maxcompute::Table;
using maxcompute::WrittenColumn;

namespace {

const Column* find_column(const std::vector<Column>& columns, std::string_view name) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
        return ascii::same_without_case(column.name, name);
    });
    return found == columns.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

Status check_width(const Table& table, const std::vector<WrittenColumn>& written,
                   const RecordShape& shape) {
    if (shape.columns.empty() || shape.columns.size() == written.size()) return {};
    std::vector<Column> columns;
    for (const WrittenColumn& one : written) columns.push_back(one.column);
    const std::string lists = "the reader gives " + std::to_string(shape.columns.size()) +
                              " columns (" + joined(names_of(shape.columns)) +
                              "), the odps writer takes " + std::to_string(written.size()) + " (" +
                              maxcompute::names_of(columns) + ")";
    if (shape.columns.size() > written.size()) {
        return config_error(lists + ": name a column of table " + table.name + " for each");
    }
    log::warn("columns_stay_null", {{"table", table.name}, {"reason", lists}});
    return {};
}

}  // namespace

Status check_odps_columns(const Table& table, const std::vector<std::string>& names,
                          const RecordShape& shape) {
    if (table.is_view) return config_error(table.name + " is a view, which cannot be written");
    for (const std::string& name : names) {
        if (!find_column(table.partition_keys, name)) continue;
        return config_error("column \"" + name + "\" is a partition key of " + table.name +
                            ": give its value in \"partition\"; values from records are not "
                            "supported");
    }
    Result<std::vector<WrittenColumn>> written = maxcompute::written_columns(table.columns, names);
    if (!written.ok()) return written.status().with_context("table " + table.name);
    MILLRACE_TRY(check_width(table, *written, shape));
    const size_t filled = shape.columns.empty() ? written->size() : shape.columns.size();
    for (const Column& column : table.columns) {
        const bool has_value =
            std::any_of(written->begin(), written->end(), [&](const WrittenColumn& one) {
                return one.column.name == column.name && one.source < filled;
            });
        if (column.nullable || has_value) continue;
        return config_error("column \"" + column.name + "\" of " + table.name +
                            " takes no nulls: the job must write it");
    }
    return {};
}

}  // namespace millrace
