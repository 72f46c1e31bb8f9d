#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/standin/odps_actions.h"
#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

using nlohmann::ordered_json;

constexpr size_t kListMax = 1000;

ordered_json columns_json(const std::vector<OdpsColumn>& columns) {
    ordered_json all = ordered_json::array();
    for (const OdpsColumn& column : columns)
        all.push_back({{"name", column.name},
                       {"type", column.type.text()},
                       {"comment", column.comment},
                       {"label", ""},
                       {"isNullable", column.nullable}});
    return all;
}

std::string quoted_xml(const std::string& name, const ordered_json& json) {
    return '<' + name + "><![CDATA[" + json.dump() + "]]></" + name + '>';
}

void add_dates(Response& response, int64_t created_ms, int64_t modified_ms) {
    response.headers.emplace_back("x-odps-owner", kOdpsOwner);
    response.headers.emplace_back("x-odps-creation-time", odps_date(created_ms));
    response.headers.emplace_back("Last-Modified", odps_date(modified_ms));
}

std::string number(const char* name, int64_t value) {
    return xml_element(name, std::to_string(value));
}

// How many entries a page may have at most.
size_t page_size(OdpsCall& call) {
    const size_t asked = std::strtoull(call.parameter("maxitems").c_str(), nullptr, 10);
    const size_t most = asked == 0 ? kListMax : std::min(asked, kListMax);
    if (!call.hostility.short_lists) return most;
    return 1 + call.random.below(std::min<size_t>(most, call.random.below(2) ? 3 : kListMax));
}

std::string page_head(const std::string& marker, size_t most) {
    return xml_element("Marker", marker) + xml_element("MaxItems", std::to_string(most));
}

std::string joined(const OdpsPartitionKey& key) {
    std::string all;
    for (const std::string& value : key) all += (all.empty() ? "" : "/") + value;
    return all;
}

OdpsPartitionKey parted(const std::string& marker) {
    OdpsPartitionKey key;
    for (size_t at = 0; at <= marker.size();) {
        const size_t end = std::min(marker.find('/', at), marker.size());
        key.push_back(marker.substr(at, end - at));
        at = end + 1;
    }
    return key;
}

std::string partition_xml(const OdpsTable& table, const OdpsPartitionKey& key,
                          const OdpsPartition& partition) {
    std::string xml = "<Partition>";
    for (size_t i = 0; i < key.size(); ++i)
        xml += "<Column Name=\"" + table.schema->keys[i].name + "\" Value=\"" + xml_text(key[i]) +
               "\"/>";
    return xml + number("CreationTime", partition.created_s) +
           number("LastDDLTime", partition.created_s) +
           number("LastModifiedTime", partition.modified_s) + number("PartitionSize", 0) +
           number("PartitionRecordCount", static_cast<int64_t>(partition.count())) + "</Partition>";
}

// True when the partition has all values of a specification that may lack levels.
bool has_all(const OdpsTable& table, const OdpsPartitionKey& key, const std::string& wanted) {
    if (wanted.empty()) return true;
    for (const auto& [name, value] : parse_odps_spec(wanted)) {
        bool found = false;
        for (size_t i = 0; i < key.size(); ++i)
            found |= table.schema->keys[i].name == name && key[i] == value;
        if (!found) return false;
    }
    return true;
}

}  // namespace

OdpsTable& odps_table(OdpsCall& call) {
    const OdpsTarget& target = call.target;
    OdpsTable* table = target.schema.empty() ? call.store.find(target.name) : nullptr;
    if (!table && target.rest)
        odps_refuse(404, "NoSuchObject", "ODPS-0130131:Table not found - '" + target.name + "'");
    if (!table) odps_refuse(404, "NoSuchTable", "The specified table name does not exist.");
    return *table;
}

OdpsPartitionKey odps_partition_key(const OdpsCall& call, const OdpsTable& table) {
    const std::string text = call.parameter("partition");
    if (text.empty() && table.is_partitioned())
        odps_refuse(400, "MissingPartitionSpec",
                    "You need to specify a partitionspec along with the specified table.");
    if (text.empty()) return {};
    const auto key =
        table.is_partitioned() ? odps_key(*table.schema, parse_odps_spec(text)) : std::nullopt;
    if (!key)
        odps_refuse(400, "InvalidPartitionSpec", "The specified partition spec is not valid.");
    return *key;
}

Response odps_get_project(OdpsCall& call) {
    Response response = odps_xml(
        "<Project>" + xml_element("Name", call.store.project) +
        "<Type>managed</Type><Comment/><ProjectGroupName/><State>AVAILABLE</State>" +
        xml_element("Owner", kOdpsOwner) +
        "<Region>local</Region><Properties><Property><Name>odps.sql.type.system.odps2</Name>"
        "<Value>false</Value></Property></Properties><Clusters/></Project>");
    add_dates(response, 0, 0);
    return response;
}

Response odps_get_tunnel(OdpsCall& call) {
    const std::string* host = call.request.header("host");
    Response response;
    response.headers.emplace_back("Content-Type", "text/plain");
    response.set_body(host ? *host : "127.0.0.1");
    return response;
}

Response odps_get_table(OdpsCall& call) {
    const OdpsTable& table = odps_table(call);
    ordered_json json = {{"columns", columns_json(table.schema->columns)},
                         {"partitionKeys", columns_json(table.schema->keys)},
                         {"comment", table.comment},
                         {"owner", kOdpsOwner},
                         {"createTime", table.created_s},
                         {"lastDDLTime", table.ddl_s},
                         {"lastModifiedTime", table.modified_s()},
                         {"isVirtualView", false},
                         {"isMaterializedView", false},
                         {"lifecycle", table.lifecycle},
                         {"recordNum", table.count()},
                         {"size", 0},
                         {"shardExist", false},
                         {"tableLabel", "0"},
                         {"hubLifecycle", -1}};
    if (call.has("extended"))
        json.update(
            {{"IsArchived", false}, {"PhysicalSize", 0}, {"FileNum", 0}, {"Reserved", "{}"}});
    Response response =
        odps_xml("<Table>" + xml_element("Name", table.name) + xml_element("TableId", table.id) +
                 xml_element("Project", call.store.project) + xml_element("Owner", kOdpsOwner) +
                 "<Type>MANAGED_TABLE</Type><Schema format=\"Json\"><![CDATA[" + json.dump() +
                 "]]></Schema></Table>");
    add_dates(response, table.created_s * 1000, table.modified_s() * 1000);
    return response;
}

Response odps_get_partition(OdpsCall& call) {
    const OdpsTable& table = odps_table(call);
    const auto found = table.partitions.find(odps_partition_key(call, table));
    if (found == table.partitions.end())
        odps_refuse(404, "NoSuchPartition", "The specified partition does not exist.");
    const OdpsPartition& partition = found->second;
    return odps_xml("<Partition>" +
                    quoted_xml("Schema", {{"createTime", partition.created_s},
                                          {"lastDDLTime", partition.created_s},
                                          {"lastModifiedTime", partition.modified_s},
                                          {"lastAccessTime", 0},
                                          {"partitionSize", 0},
                                          {"partitionRecordNum", partition.count()}}) +
                    "</Partition>");
}

Response odps_list_tables(OdpsCall& call) {
    const std::string prefix = call.parameter("name"), after = call.parameter("marker");
    const size_t most = page_size(call);
    const std::map<std::string, OdpsTable> none;
    const auto& tables = call.target.schema.empty() ? call.store.tables : none;
    std::string entries, marker;
    size_t count = 0;
    for (auto at = after.empty() ? tables.begin() : tables.upper_bound(after); at != tables.end();
         ++at) {
        if (!at->first.starts_with(prefix)) continue;
        if (++count > most) break;
        marker = at->first;
        entries += "<Table>" + xml_element("Name", at->first) + xml_element("Owner", kOdpsOwner) +
                   "</Table>";
    }
    if (count <= most) marker.clear();
    return odps_xml("<Tables>" + page_head(marker, most) + entries + "</Tables>");
}

Response odps_list_partitions(OdpsCall& call) {
    const OdpsTable& table = odps_table(call);
    if (!table.is_partitioned())
        odps_refuse(400, "InvalidArgument", "ODPS-0420411:" + table.name + " has no partitions");
    const std::string wanted = call.parameter("partition"), after = call.parameter("marker");
    const size_t most = page_size(call);
    const auto& all = table.partitions;
    std::string entries, marker;
    size_t count = 0;
    for (auto at = after.empty() ? all.begin() : all.upper_bound(parted(after)); at != all.end();
         ++at) {
        if (!has_all(table, at->first, wanted)) continue;
        if (++count > most) break;
        marker = joined(at->first);
        entries += partition_xml(table, at->first, at->second);
    }
    if (count <= most) marker.clear();
    return odps_xml("<Partitions>" + page_head(marker, most) + entries + "</Partitions>");
}

}  // namespace millrace::standin
