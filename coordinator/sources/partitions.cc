#include "coordinator/sources/partitions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/services/maxcompute/partition_item.h"
#include "common/services/maxcompute/read_columns.h"
#include "coordinator/sources/pattern.h"

namespace millrace {

using maxcompute::DownloadSession;
using maxcompute::RowsStart;
using maxcompute::Table;
using nlohmann::json;

namespace {

// Of a run: the ledger keeps each of them.
constexpr size_t kItemsMax = 100'000;

bool matches(const OdpsPartition& partition, const OdpsPartition& pattern) {
    return std::equal(partition.begin(), partition.end(), pattern.begin(), pattern.end(),
                      [](const auto& level, const auto& wanted) {
                          return matches_pattern(level.second, wanted.second, "*");
                      });
}

std::string name_of_slice(const RowsStart& start) {
    const std::string partition = to_text(start.partition);
    if (start.count == 0) return partition.empty() ? "no rows" : partition + " no rows";
    return (partition.empty() ? "" : partition + " ") + "rows " + std::to_string(start.first) +
           "-" + std::to_string(start.first + start.count - 1);
}

}  // namespace

Result<SourceFacts> PartitionSide::connect() {
    MILLRACE_ASSIGN(const Table table, client_.get_table(reader_.table));
    const std::string name = "table " + reader_.table;
    if (table.is_view) return config_error(name + " is a view, which cannot be read");
    Result<std::vector<ShapeColumn>> made = columns(table);
    if (!made.ok()) return made.status().with_context(name);
    MILLRACE_TRY(find_partitions(table));
    SourceFacts facts;
    facts.shape.columns = *std::move(made);
    facts.server_time = context_.clock.now();
    const bool all = std::any_of(
        reader_.columns.begin(), reader_.columns.end(),
        [](const OdpsReadColumn& one) { return one.kind == OdpsReadColumn::Kind::kAll; });
    if (all) {
        for (const ShapeColumn& column : facts.shape.columns) facts.found += column.name + "\n";
    }
    return facts;
}

Result<std::vector<ShapeColumn>> PartitionSide::columns(const Table& table) const {
    std::vector<std::string> keys;
    for (const maxcompute::Column& key : table.partition_keys) keys.push_back(key.name);
    MILLRACE_ASSIGN(const auto chosen,
                    maxcompute::read_columns(table.columns, keys, reader_.columns));
    return maxcompute::shape_of(chosen);
}

Status PartitionSide::find_partitions(const Table& table) {
    partitions_.clear();
    std::vector<OdpsPartition> patterns;
    for (const OdpsPartition& given : reader_.partitions) {
        MILLRACE_ASSIGN(OdpsPartition pattern, maxcompute::fitting_partition(table, given));
        patterns.push_back(std::move(pattern));
    }
    if (patterns.empty()) {
        MILLRACE_TRY(maxcompute::fitting_partition(table, {}).status());
        partitions_.push_back({});
        return {};
    }
    MILLRACE_ASSIGN(std::vector<OdpsPartition> listed, client_.list_partitions(reader_.table));
    for (OdpsPartition& one : listed) {
        MILLRACE_ASSIGN(one, maxcompute::fitting_partition(table, one));
    }
    for (const OdpsPartition& pattern : patterns) MILLRACE_TRY(add_matches(pattern, listed));
    std::sort(partitions_.begin(), partitions_.end());
    partitions_.erase(std::unique(partitions_.begin(), partitions_.end()), partitions_.end());
    return {};
}

Status PartitionSide::add_matches(const OdpsPartition& pattern,
                                  std::span<const OdpsPartition> listed) {
    const size_t before = partitions_.size();
    for (const OdpsPartition& one : listed) {
        if (matches(one, pattern)) partitions_.push_back(one);
    }
    if (partitions_.size() > before || reader_.success_on_no_partition) return {};
    return config_error("table " + reader_.table + " has no partition " + to_text(pattern) +
                        "; with \"successOnNoPartition\": true that is no error");
}

Result<std::vector<ListedItem>> PartitionSide::list() {
    std::vector<ListedItem> items;
    for (const OdpsPartition& partition : partitions_) MILLRACE_TRY(slice(partition, items));
    // A run has at least one item; this one reads nothing.
    if (items.empty()) items.push_back({ShardId("no partition"), RowsStart{}.json()});
    return items;
}

Status PartitionSide::slice(const OdpsPartition& partition, std::vector<ListedItem>& items) {
    MILLRACE_ASSIGN(const DownloadSession session,
                    client_.create_download({reader_.table, partition}));
    const uint64_t all = session.rows;
    const bool whole = reader_.split_mode == OdpsSplitMode::kPartition;
    const uint64_t size = whole ? std::max<uint64_t>(all, 1) : reader_.slice_rows;
    RowsStart start{partition, session.id, all, 0, 0};
    do {
        if (items.size() == kItemsMax) {
            return config_error("table " + reader_.table + " makes more than " +
                                std::to_string(kItemsMax) +
                                " pieces: enlarge \"sliceRows\" or name fewer partitions");
        }
        start.count = std::min(size, all - start.first);
        items.push_back({ShardId(name_of_slice(start)), start.json()});
        start.first += start.count;
    } while (start.first < all);
    return {};
}

json PartitionSide::describe() const {
    json partitions = json::array();
    for (const OdpsPartition& given : reader_.partitions) partitions.push_back(to_text(given));
    return {{"kind", "odps"},
            {"endpoint", client_.config().rest.origin()},
            {"project", client_.config().project},
            {"table", reader_.table},
            {"partitions", partitions}};
}

}  // namespace millrace
