#include "common/services/maxcompute/partition.h"

#include <algorithm>

#include "common/config/ascii.h"

namespace millrace::maxcompute {
namespace {

// "pt=…,region=…"
std::string form_of_partition(const Table& table) {
    std::string form;
    for (const Column& key : table.partition_keys) {
        form += (form.empty() ? "" : ",") + key.name + "=…";
    }
    return form;
}

}  // namespace

std::string quoted(const PartitionSpec& spec) {
    std::string text;
    for (const auto& [key, value] : spec) {
        if (!text.empty()) text += ',';
        text += key + "='" + value + "'";
    }
    return text;
}

Result<PartitionSpec> fitting_partition(const Table& table, const PartitionSpec& partition) {
    if (table.partition_keys.empty() && !partition.empty()) {
        return config_error("table " + table.name + " is not partitioned: remove \"partition\" (" +
                            to_text(partition) + ")");
    }
    PartitionSpec fitting;
    for (const Column& key : table.partition_keys) {
        const auto found = std::find_if(partition.begin(), partition.end(), [&](const auto& level) {
            return ascii::same_without_case(level.first, key.name);
        });
        if (found != partition.end()) fitting.emplace_back(key.name, found->second);
    }
    if (fitting.size() == partition.size() && fitting.size() == table.partition_keys.size()) {
        return fitting;
    }
    return config_error("\"partition\" is \"" + to_text(partition) + "\", but table " + table.name +
                        " needs \"" + form_of_partition(table) + "\"");
}

}  // namespace millrace::maxcompute
