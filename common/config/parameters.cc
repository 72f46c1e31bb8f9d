#include "common/config/parameters.h"

#include <algorithm>
#include <array>

#include "common/config/ascii.h"
#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

using ascii::same_without_case;

constexpr std::array<Plugin, 9> kPlugins = {{
    {Side::kReader, "otsstream", "otsstreamreader", true, Owner::kOtsStreamReader, "ots",
     Owner::kOtsSource, "the changes of a Tablestore table in a window of time"},
    {Side::kReader, "ots", "otsreader", true, Owner::kOtsReader, "ots", Owner::kOtsSource,
     "a whole Tablestore table"},
    {Side::kReader, "oss", "ossreader", true, Owner::kOssReader, "oss", Owner::kOssSource,
     "objects of OSS: csv, text or Parquet"},
    {Side::kReader, "odps", "odpsreader", true, Owner::kOdpsReader, "odps", Owner::kOdpsSource,
     "a MaxCompute table"},
    {Side::kWriter, "oss", "osswriter", true, Owner::kOssWriter, "oss", Owner::kOssSource,
     "objects of OSS: csv, text or Parquet"},
    {Side::kWriter, "elasticsearch", "elasticsearchwriter", true, Owner::kElasticsearchWriter,
     "elasticsearch", Owner::kElasticsearchSource,
     "documents of an index of Elasticsearch, or of OpenSearch, the search server"},
    {Side::kWriter, "opensearch", "opensearchwriter", true, Owner::kOpenSearchWriter, "opensearch",
     Owner::kOpenSearchSource, "documents of Alibaba OpenSearch, the service"},
    {Side::kWriter, "odps", "odpswriter", true, Owner::kOdpsWriter, "odps", Owner::kOdpsSource,
     "rows of a MaxCompute table"},
    {Side::kWriter, "ots", "otswriter", true, Owner::kOtsWriter, "ots", Owner::kOtsSource,
     "rows of a Tablestore table"},
}};

}  // namespace

std::vector<std::string> split_names(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const size_t comma = std::min(list.find(','), list.size());
        names.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return names;
}

std::span<const Parameter> parameters_of(Owner owner) {
    switch (owner) {
        case Owner::kSetting: return setting_parameters();
        case Owner::kOtsStreamReader: return otsstream_parameters();
        case Owner::kOtsReader: return ots_reader_parameters();
        case Owner::kOssReader: return oss_reader_parameters();
        case Owner::kOdpsReader: return odps_reader_parameters();
        case Owner::kOssWriter: return oss_parameters();
        case Owner::kElasticsearchWriter: return elasticsearch_parameters();
        case Owner::kElasticsearchColumn: return elasticsearch_column_parameters();
        case Owner::kOpenSearchWriter: return opensearch_parameters();
        case Owner::kOdpsWriter: return odps_writer_parameters();
        case Owner::kOtsWriter: return ots_writer_parameters();
        case Owner::kOtsSource: return ots_source_parameters();
        case Owner::kOssSource: return oss_source_parameters();
        case Owner::kElasticsearchSource: return elasticsearch_source_parameters();
        case Owner::kOpenSearchSource: return opensearch_source_parameters();
        case Owner::kOdpsSource: return odps_source_parameters();
        case Owner::kProcess: return process_parameters();
    }
    return {};
}

const Parameter* find_parameter(Owner owner, std::string_view name) {
    for (const Parameter& parameter : parameters_of(owner)) {
        if (parameter.name == name) return &parameter;
        for (const std::string& alias : split_names(parameter.aliases)) {
            if (alias == name) return &parameter;
        }
    }
    return nullptr;
}

std::vector<std::string> parameter_names(Owner owner) {
    std::vector<std::string> names;
    for (const Parameter& parameter : parameters_of(owner)) {
        names.emplace_back(parameter.name);
        for (std::string& alias : split_names(parameter.aliases)) names.push_back(std::move(alias));
    }
    return names;
}

std::span<const Plugin> all_plugins() {
    return kPlugins;
}

const Plugin* find_plugin(Side side, std::string_view name) {
    for (const Plugin& plugin : kPlugins) {
        if (plugin.side != side) continue;
        if (same_without_case(plugin.name, name)) return &plugin;
        for (const std::string& alias : split_names(plugin.aliases)) {
            if (same_without_case(alias, name)) return &plugin;
        }
    }
    return nullptr;
}

std::vector<std::string> plugin_names(Side side) {
    std::vector<std::string> names;
    for (const Plugin& plugin : kPlugins) {
        if (plugin.side == side) names.emplace_back(plugin.name);
    }
    return names;
}

bool is_secret_name(std::string_view name) {
    std::string bare;
    for (const char c : name) {
        if (c != '_' && c != '-' && c != ' ') bare += ascii::small(c);
    }
    for (const std::string_view end : {"accesskey", "accesskeysecret", "password", "passwd",
                                       "secret", "secretkey", "token", "credential"}) {
        if (bare.ends_with(end)) return true;
    }
    return false;
}

}  // namespace millrace
