#include "coordinator/sources/table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "common/base/log.h"
#include "common/codec/plainbuffer/reader.h"
#include "coordinator/sources/key_ranges.h"

namespace millrace {

using nlohmann::json;

namespace {

namespace wire = tablestore::wire;

// Rows that are looked at for the names of columns when the script gives none.
constexpr int kRowsLookedAt = 1000;
// More pieces than this only make more objects.
constexpr size_t kPiecesMax = 64;
// Pieces of this size; smaller ones only when there would be fewer pieces than slots.
constexpr std::array<int64_t, 3> kPieceSizes = {100'000'000, 10'000'000, 1'000'000};

ShardId name_of_piece(size_t number, size_t count) {
    // Keys would say more, but they are contents of the table, and this goes into logs.
    char text[64];
    std::snprintf(text, sizeof text, "range %04zu of %04zu", number + 1, count);
    return ShardId(text);
}

bool has(const std::vector<ShapeColumn>& columns, const std::string& name) {
    return std::any_of(columns.begin(), columns.end(),
                       [&](const ShapeColumn& column) { return column.name == name; });
}

}  // namespace

Result<SourceFacts> TableSide::connect() {
    MILLRACE_ASSIGN(const auto described,
                    tablestore::describe_existing(client_, reader_.table, "table"));
    SourceFacts facts;
    facts.server_time = client_.server_time().value_or(context_.clock.now());
    const tablestore::TableShape table = tablestore::shape_of(described);
    key_ = table.key;
    Result<tablestore::KeyRange> range = complete_range(reader_, key_);
    if (!range.ok()) return range.status().with_context("table " + reader_.table);
    range_ = *std::move(range);
    // Early: what is wrong with the points is said before anything is begun.
    if (!reader_.split.empty()) MILLRACE_TRY(cut().status());
    MILLRACE_ASSIGN(std::vector<ShapeColumn> made, columns(table));
    if (reader_.mode == TableReadMode::kNormal && reader_.columns.empty()) {
        for (const ShapeColumn& column : made) facts.found += column.name + "\n";
    }
    facts.shape = {key_, std::move(made)};
    return facts;
}

Status TableSide::check_versions(const tablestore::TableShape& table) const {
    for (const TableColumn& column : reader_.columns) {
        if (!has(table.key, column.name)) continue;
        return config_error("column \"" + column.name + "\" is a key column of table " +
                            reader_.table +
                            ": in mode multiVersion every row has the whole key, and \"column\" "
                            "names attribute columns only");
    }
    return {};
}

Result<std::vector<ShapeColumn>> TableSide::columns(const tablestore::TableShape& table) {
    if (reader_.mode == TableReadMode::kMultiVersion) {
        MILLRACE_TRY(check_versions(table));
        std::vector<ShapeColumn> made = table.key;
        made.push_back({"colname", ValueType::kString});
        made.push_back({"version", ValueType::kInteger});
        made.push_back({"colvalue", ValueType::kAbsent});
        return made;
    }
    if (reader_.columns.empty()) return find_columns(table);
    std::vector<ShapeColumn> made;
    for (const TableColumn& column : reader_.columns) {
        if (column.constant) {
            made.push_back({"constant", column.constant->type});
        } else {
            made.push_back({column.name, table.type_of(column.name)});
        }
    }
    return made;
}

// Keys, defined columns, then names that the first rows show, in the order of their bytes.
Result<std::vector<ShapeColumn>> TableSide::find_columns(const tablestore::TableShape& table) {
    std::vector<ShapeColumn> made = table.key;
    for (const ShapeColumn& column : table.defined) {
        if (!has(made, column.name)) made.push_back(column);
    }
    wire::GetRangeRequest request;
    request.set_table_name(reader_.table);
    request.set_direction(range_.forward ? wire::FORWARD : wire::BACKWARD);
    request.set_inclusive_start_primary_key(range_.begin);
    request.set_exclusive_end_primary_key(range_.end);
    request.set_max_versions(1);
    std::set<std::string> found;
    for (int left = kRowsLookedAt; left > 0;) {
        request.set_limit(left);
        MILLRACE_ASSIGN(const wire::GetRangeResponse page, client_.get_range(request));
        plainbuffer::RowReader rows(page.rows());
        plainbuffer::Row row;
        while (!page.rows().empty()) {
            MILLRACE_ASSIGN(const bool more, rows.next(row));
            if (!more) break;
            for (const auto& cell : row.cells) found.emplace(cell.name);
            --left;
        }
        if (page.next_start_primary_key().empty()) break;
        request.set_inclusive_start_primary_key(page.next_start_primary_key());
    }
    for (const std::string& name : found) {
        if (!has(made, name)) made.push_back({name, ValueType::kAbsent});
    }
    return made;
}

Result<std::vector<tablestore::KeyRange>> TableSide::cut_by_size(int64_t bytes) {
    wire::ComputeSplitPointsBySizeRequest request;
    request.set_table_name(reader_.table);
    request.set_split_size(1);
    request.set_split_size_unit_in_byte(bytes);
    MILLRACE_ASSIGN(const auto answer, client_.compute_splits(request));
    const std::vector<std::string> points(answer.split_points().begin(),
                                          answer.split_points().end());
    return cut_at_proposals(range_, points, key_, std::max(kPiecesMax, concurrent_));
}

Result<std::vector<tablestore::KeyRange>> TableSide::cut() {
    if (!reader_.split.empty()) return cut_at_points(range_, reader_.split, key_);
    std::vector<tablestore::KeyRange> best{range_};
    for (const int64_t bytes : kPieceSizes) {
        Result<std::vector<tablestore::KeyRange>> pieces = cut_by_size(bytes);
        if (!pieces.ok()) {
            // Without proposals the table is read all the same, in fewer pieces.
            if (pieces.status().retryable()) return pieces.status();
            log::warn("table_not_cut",
                      {{"table", reader_.table}, {"reason", pieces.status().text()}});
            break;
        }
        best = *std::move(pieces);
        if (best.size() >= concurrent_) break;
    }
    return best;
}

Result<std::vector<ListedItem>> TableSide::list() {
    MILLRACE_ASSIGN(const std::vector<tablestore::KeyRange> pieces, cut());
    std::vector<ListedItem> items;
    for (const tablestore::KeyRange& piece : pieces) {
        items.push_back({name_of_piece(items.size(), pieces.size()), tablestore::to_json(piece)});
    }
    return items;
}

json TableSide::describe() const {
    return {{"kind", "ots"},
            {"endpoint", reader_.address.endpoint.origin()},
            {"instance", reader_.address.instance},
            {"table", reader_.table},
            {"mode", reader_.mode == TableReadMode::kNormal ? "normal" : "multiVersion"}};
}

}  // namespace millrace
