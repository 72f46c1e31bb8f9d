#include <algorithm>

#include "tests/standin/ots_actions.h"
#include "tests/standin/ots_error.h"
#include "tests/standin/selection.h"

namespace millrace::standin {
namespace {

constexpr int kWriteRowsMax = 200;

Selected all_of_row(const Row& row) {
    Selected all;
    for (const auto& [name, versions] : row)
        all.push_back({name, {versions.begin(), versions.end()}});
    return all;
}

void check_condition(const Rows& rows, const Key& key, const wire::Condition& condition) {
    const auto row = rows.find(key);
    const bool there = row != rows.end();
    const auto wanted = condition.row_existence();
    bool met = wanted == wire::IGNORE || there == (wanted == wire::EXPECT_EXIST);
    if (met && condition.has_column_condition())
        met = Filter::parse(condition.column_condition())
                  .keeps(there ? all_of_row(row->second) : Selected());
    if (!met) refuse_with(403, "OTSConditionCheckFail", "Condition check failed.");
}

void check_cells(const RowChange& change) {
    for (const CellChange& cell : change.cells)
        if (change.action == Action::kDelete ||
            (change.action == Action::kPut && cell.op != CellOp::kPut))
            refuse_parameter("Invalid operation on column: " + cell.name);
    if (change.action == Action::kUpdate && change.cells.empty())
        refuse_parameter("No attribute column is specified to update row.");
}

std::string returned(const Table& table, const Rows& rows, const RowChange& change,
                     const wire::ReturnContent& wanted) {
    if (wanted.return_type() == wire::RT_NONE) return {};
    Selected cells;
    const auto row = rows.find(change.key);
    if (wanted.return_type() == wire::RT_AFTER_MODIFY && row != rows.end()) {
        cells = all_of_row(row->second);
        const auto& names = wanted.return_column_names();
        std::erase_if(cells, [&](const auto& cell) {
            return std::find(names.begin(), names.end(), cell.first) == names.end();
        });
    }
    Buffer bytes;
    encode_row(bytes, table.key_names(), change.key, cells);
    return std::string(bytes.view());
}

// The row to give back, or nothing.
std::string write(Database& database, const std::string& table_name, Action action,
                  const std::string& bytes, const wire::Condition& condition,
                  const wire::ReturnContent& wanted) {
    const auto table = database.find(table_name);
    WireRow row = decode_row(bytes);
    const std::unique_lock lock(table->mutex);
    RowChange change{action, table->key_of(row.key, false), std::move(row.cells)};
    check_cells(change);
    check_condition(table->rows(), change.key, condition);
    table->write(change, database.clock().now_us(), database.hostility());
    return returned(*table, table->rows(), change, wanted);
}

template <typename Response, typename Request>
Response write_one(Database& database, const Request& request, Action action,
                   const std::string& bytes) {
    Response response;
    set_consumed(*response.mutable_consumed(), 0, 1);
    const std::string row = write(database, request.table_name(), action, bytes,
                                  request.condition(), request.return_content());
    if (!row.empty()) response.set_row(row);
    return response;
}

}  // namespace

wire::PutRowResponse put_row(Database& database, const wire::PutRowRequest& request) {
    return write_one<wire::PutRowResponse>(database, request, Action::kPut, request.row());
}

wire::UpdateRowResponse update_row(Database& database, const wire::UpdateRowRequest& request) {
    return write_one<wire::UpdateRowResponse>(database, request, Action::kUpdate,
                                              request.row_change());
}

wire::DeleteRowResponse delete_row(Database& database, const wire::DeleteRowRequest& request) {
    return write_one<wire::DeleteRowResponse>(database, request, Action::kDelete,
                                              request.primary_key());
}

wire::BatchWriteRowResponse batch_write_row(Database& database,
                                            const wire::BatchWriteRowRequest& request) {
    if (request.is_atomic()) refuse_parameter("The stand-in knows no atomic batches.");
    int count = 0;
    for (const auto& table : request.tables()) count += table.rows_size();
    if (count == 0) refuse_parameter("No row is specified in BatchWriteRow.");
    if (count > kWriteRowsMax)
        refuse_parameter("Rows count exceeds the upper limit: " + std::to_string(kWriteRowsMax) +
                         ".");
    wire::BatchWriteRowResponse response;
    for (const auto& table : request.tables()) {
        auto& answer = *response.add_tables();
        answer.set_table_name(table.table_name());
        for (const auto& row : table.rows()) {
            auto& result = *answer.add_rows();
            result.set_is_ok(true);
            const Fault fault = database.row_faults().draw("ots", "BatchWriteRow");
            try {
                if (fault.kind == FaultKind::kStatus)
                    refuse_with(fault.status, fault.code, fault.message);
                const std::string bytes =
                    write(database, table.table_name(), static_cast<Action>(row.type()),
                          row.row_change(), row.condition(), row.return_content());
                set_consumed(*result.mutable_consumed(), 0, 1);
                if (!bytes.empty()) result.set_row(bytes);
                if (fault.kind == FaultKind::kLieReply)
                    refuse_with(fault.status, fault.code, fault.message);
            } catch (const OtsError& error) {
                result.set_is_ok(false);
                result.mutable_error()->set_code(error.code);
                result.mutable_error()->set_message(error.message);
            }
        }
    }
    return response;
}

}  // namespace millrace::standin
