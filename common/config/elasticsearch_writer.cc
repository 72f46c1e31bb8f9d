#include "common/config/elasticsearch_writer.h"

#include <algorithm>
#include <array>

namespace millrace::elasticsearch {

using nlohmann::json;

namespace {

constexpr std::pair<std::string_view, ColumnType> kTypes[] = {
    {"id", ColumnType::kId},           {"string", ColumnType::kText},
    {"text", ColumnType::kText},       {"keyword", ColumnType::kKeyword},
    {"long", ColumnType::kLong},       {"integer", ColumnType::kInteger},
    {"short", ColumnType::kShort},     {"byte", ColumnType::kByte},
    {"double", ColumnType::kDouble},   {"float", ColumnType::kFloat},
    {"boolean", ColumnType::kBoolean}, {"date", ColumnType::kDate},
    {"binary", ColumnType::kBinary},   {"object", ColumnType::kObject},
    {"nested", ColumnType::kNested},   {"ip", ColumnType::kIp},
};

// Parts of a column that go into the mapping as they are.
constexpr std::array<std::string_view, 9> kMappingParts = {
    "analyzer",     "norms",   "index_options",        "index", "doc_values", "fields",
    "ignore_above", "dynamic", "eager_global_ordinals"};
constexpr std::array<std::string_view, 7> kRefusedParts = {
    "array", "dstArray", "json_array", "combineFields", "combineFieldsValueSeparator",
    "tree",  "precision"};

json mapping_of(const json& item, std::string_view type, bool origin) {
    json mapping = json::object();
    // "string" ended with Elasticsearch 5; its heir is "text".
    mapping["type"] = type == "string" ? "text" : type;
    for (const std::string_view part : kMappingParts) {
        if (item.contains(part)) mapping[std::string(part)] = item[std::string(part)];
    }
    if (origin && item.contains("format")) mapping["format"] = item["format"];
    if (origin && item.contains("dstFormat")) mapping["format"] = item["dstFormat"];
    if (item.contains("other_params")) mapping.update(item["other_params"]);
    return mapping;
}

Result<Column> read_column(const json& item) {
    Column column;
    column.name = item.value("name", "");
    if (column.name.empty()) return config_error("elasticsearch writer: a column has no name");
    const std::string where = "elasticsearch writer: column \"" + column.name + "\": ";
    std::string type = item.value("type", "");
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto known = std::find_if(std::begin(kTypes), std::end(kTypes),
                                    [&](const auto& row) { return row.first == type; });
    if (known == std::end(kTypes)) {
        return config_error(where + "type \"" + type +
                            "\" is not supported; known are id, string, text, keyword, long, "
                            "integer, short, byte, double, float, boolean, date, binary, object, "
                            "nested and ip");
    }
    for (const std::string_view part : kRefusedParts) {
        if (item.contains(part)) {
            return config_error(where + "\"" + std::string(part) + "\" is not supported yet");
        }
    }
    // A column named "pk" is the id whatever its type says, as in DataX.
    column.type = column.name == "pk" ? ColumnType::kId : known->second;
    if (column.type == ColumnType::kId) return column;
    const bool origin = item.value("origin", false);
    column.mapping = mapping_of(item, type, origin);
    if (column.type == ColumnType::kDate && !origin) {
        column.format = item.value("format", "");
        column.zone = item.value("timezone", "");
    }
    return column;
}

Status read_columns(const json& parameters, WriterConfig& config) {
    const json list = parameters.value("column", json::array());
    if (!list.is_array() || list.empty()) {
        return config_error("elasticsearch writer: \"column\" must list the columns");
    }
    for (const json& item : list) {
        if (!item.is_object()) {
            return config_error("elasticsearch writer: a column must have a name and a type");
        }
        MILLRACE_ASSIGN(Column column, read_column(item));
        const auto same =
            std::find_if(config.columns.begin(), config.columns.end(),
                         [&](const Column& other) { return other.name == column.name; });
        if (same != config.columns.end()) {
            return config_error("elasticsearch writer: column \"" + column.name +
                                "\" stands twice");
        }
        config.columns.push_back(std::move(column));
    }
    return {};
}

Status read_endpoints(const json& parameters, Config& client) {
    const std::string list = parameters.value("endpoint", "");
    for (size_t begin = 0; begin <= list.size();) {
        const size_t comma = std::min(list.find(',', begin), list.size());
        const std::string_view one = std::string_view(list).substr(begin, comma - begin);
        const size_t first = one.find_first_not_of(" \t");
        if (first != std::string_view::npos) {
            MILLRACE_ASSIGN(
                Endpoint endpoint,
                parse_endpoint(one.substr(first, one.find_last_not_of(" \t") - first + 1)));
            client.endpoints.push_back(std::move(endpoint));
        }
        begin = comma + 1;
    }
    if (!client.endpoints.empty()) return {};
    return config_error("elasticsearch writer: \"endpoint\" is missing");
}

Status check_index(const std::string& index) {
    if (index.empty()) return config_error("elasticsearch writer: \"index\" is missing");
    const bool odd = std::any_of(index.begin(), index.end(), [](unsigned char c) {
        return c <= ' ' || std::isupper(c) ||
               std::string_view("\\/*?\"<>|,#:").find(static_cast<char>(c)) !=
                   std::string_view::npos;
    });
    if (odd || index.size() > 255 ||
        std::string_view("-_+").find(index[0]) != std::string_view::npos) {
        return config_error("elasticsearch writer: index \"" + index +
                            "\" is no valid name: small letters, at most 255 bytes, none of "
                            "\\/*?\"<>|,#: or blanks, not beginning with - _ +");
    }
    return {};
}

Status read_id_columns(const json& parameters, WriterConfig& config) {
    config.id_delimiter = parameters.value("fieldDelimiter", "");
    const json info = parameters.value("primaryKeyInfo", json());
    if (!info.is_object()) return {};
    if (info.contains("fieldDelimiter")) config.id_delimiter = info["fieldDelimiter"];
    for (const json& name : info.value("column", json::array())) {
        config.id_columns.push_back(name.get<std::string>());
    }
    return {};
}

Status read_client(const PluginSpec& spec, Config& client) {
    const json& parameters = spec.parameters;
    MILLRACE_TRY(read_endpoints(parameters, client));
    client.user = parameters.value("username", "");
    for (const auto& [name, value] : spec.secrets) {
        if (name == "password") client.password = value;
    }
    client.compress = parameters.value("compress", true);
    client.timeout = std::chrono::milliseconds(parameters.value("timeout", int64_t{600'000}));
    client.tries = parameters.value("trySize", 30);
    client.try_interval =
        std::chrono::milliseconds(parameters.value("tryInterval", int64_t{60'000}));
    if (client.tries < 1 || client.timeout <= Duration::zero() ||
        client.try_interval < Duration::zero()) {
        return config_error(
            "elasticsearch writer: trySize and timeout must be at least 1, tryInterval at least 0");
    }
    return {};
}

Status read_all(const PluginSpec& spec, WriterConfig& config) {
    const json& parameters = spec.parameters;
    MILLRACE_TRY(read_client(spec, config.client));
    config.index = parameters.value("index", "");
    MILLRACE_TRY(check_index(config.index));
    MILLRACE_TRY(read_columns(parameters, config));
    MILLRACE_TRY(read_id_columns(parameters, config));
    config.cleanup = parameters.value("cleanup", false);
    config.dynamic = parameters.value("dynamic", false);
    const std::string dst_dynamic = parameters.value("dstDynamic", "");
    if (!dst_dynamic.empty()) config.dst_dynamic = dst_dynamic;
    config.settings = parameters.value("settings", json::object());
    config.batch_changes = parameters.value("batchSize", size_t{1024});
    config.ignore_write_error = parameters.value("ignoreWriteError", false);
    config.ignore_parse_error = parameters.value("ignoreParseError", true);
    config.write_null = parameters.value("enableWriteNull", true);
    config.alias = parameters.value("alias", "");
    const std::string deletes = parameters.value("deletes", "drop");
    const std::string alias_mode = parameters.value("aliasMode", "append");
    if (deletes != "drop" && deletes != "propagate") {
        return config_error("elasticsearch writer: \"deletes\" must be drop or propagate");
    }
    if (alias_mode != "append" && alias_mode != "exclusive") {
        return config_error("elasticsearch writer: \"aliasMode\" must be append or exclusive");
    }
    if (config.batch_changes < 1 || config.batch_changes > 100'000) {
        return config_error("elasticsearch writer: \"batchSize\" must be 1 to 100000");
    }
    config.propagate_deletes = deletes == "propagate";
    config.alias_exclusive = alias_mode == "exclusive";
    return {};
}

}  // namespace

Result<WriterConfig> read_writer_config(const PluginSpec& spec) {
    WriterConfig config;
    try {
        MILLRACE_TRY(read_all(spec, config));
    } catch (const json::exception&) {
        return config_error("elasticsearch writer: a parameter has a value of the wrong type");
    }
    if (!config.client.user.empty() && config.client.password.empty()) {
        return config_error("elasticsearch writer: there is a username but no password");
    }
    return config;
}

}  // namespace millrace::elasticsearch
