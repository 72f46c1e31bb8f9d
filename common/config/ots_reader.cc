#include "common/config/ots_reader.h"

#include "common/config/ascii.h"
#include "common/config/ots_address.h"
#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

Result<std::vector<KeyBound>> read_bounds(const Json& range, const char* name) {
    std::vector<KeyBound> bounds;
    const auto list = range.find(name);
    if (list == range.end() || list->is_null()) return bounds;
    if (!list->is_array()) return config_error(std::string("range.") + name + " must be a list");
    for (const Json& item : *list) {
        const Result<KeyBound> bound = read_key_bound(item);
        if (!bound.ok()) return bound.status().with_context(std::string("range.") + name);
        bounds.push_back(*bound);
    }
    return bounds;
}

Status read_versions(TypedParameters& given, TableReaderConfig& config) {
    const Json& times = given.value("timeRange");
    if (times.is_object()) {
        TypedParameters range(times);
        config.time_begin_ms = range.get("begin", config.time_begin_ms);
        config.time_end_ms = range.get("end", config.time_end_ms);
        MILLRACE_TRY(range.status().with_context("timeRange"));
    }
    config.max_versions = given.get("maxVersion", config.max_versions);
    if (config.time_begin_ms < 0 || config.time_begin_ms >= config.time_end_ms) {
        return config_error("timeRange: the end must come after the begin");
    }
    return {};
}

}  // namespace

Result<KeyBound> read_key_bound(const Json& item) {
    if (!item.is_object() || !item.contains("type") || !item["type"].is_string()) {
        return config_error(
            "must be a map {\"type\": \"INF_MIN\"}, INF_MAX, or {\"type\": \"STRING\", "
            "\"value\": …}, INT or BINARY");
    }
    KeyBound bound;
    const std::string word = item["type"].get<std::string>();
    if (ascii::same_without_case(word, "INF_MIN")) return bound;
    if (ascii::same_without_case(word, "INF_MAX")) {
        bound.kind = KeyBound::Kind::kMax;
        return bound;
    }
    const std::optional<ValueType> type = cell_type(word);
    const bool key =
        type == ValueType::kString || type == ValueType::kInteger || type == ValueType::kBinary;
    if (!key) return config_error("the type must be INF_MIN, INF_MAX, STRING, INT or BINARY");
    if (!item.contains("value") || item["value"].is_null() || item["value"].is_structured()) {
        return config_error("type " + word + " needs a \"value\", a string");
    }
    Result<Constant> value = make_constant(*type, scalar_text(item["value"]));
    if (!value.ok()) return value.status().with_context("the value");
    bound.text = std::move(value->text);
    bound.kind = KeyBound::Kind::kString;
    if (*type == ValueType::kBinary) bound.kind = KeyBound::Kind::kBinary;
    if (*type == ValueType::kInteger) {
        bound.kind = KeyBound::Kind::kInteger;
        bound.integer = whole_number(bound.text).value_or(0);
    }
    return bound;
}

Result<TableColumn> read_table_column(const Json& item) {
    TableColumn column;
    if (!item.is_object()) return config_error("a column must be a map with a name");
    if (item.contains("name")) {
        column.name = scalar_text(item["name"]);
        if (column.name.empty()) return config_error("a column has a blank name");
        return column;
    }
    const std::optional<ValueType> type =
        cell_type(item.value("type", Json("")).is_string() ? item.value("type", std::string())
                                                           : std::string());
    if (!type || !item.contains("value")) {
        return config_error("a column must have a name, or a type and a value");
    }
    Result<Constant> constant = make_constant(*type, scalar_text(item["value"]));
    if (!constant.ok()) return constant.status().with_context("a constant column");
    column.constant = *std::move(constant);
    return column;
}

Result<TableReaderConfig> read_ots_reader(const PluginSpec& reader) {
    TypedParameters given(reader.parameters);
    TableReaderConfig config;
    MILLRACE_ASSIGN(config.address, read_ots_address(reader, "maxRetryTime"));
    config.table = given.text("table");
    config.mode = given.text("mode") == "multiVersion" ? TableReadMode::kMultiVersion
                                                       : TableReadMode::kNormal;
    for (const Json& item : given.value("column")) {
        MILLRACE_ASSIGN(TableColumn column, read_table_column(item));
        config.columns.push_back(std::move(column));
    }
    const Json& range = given.value("range");
    if (!range.is_null() && !range.is_object()) return config_error("\"range\" must be a map");
    if (range.is_object()) {
        MILLRACE_ASSIGN(config.begin, read_bounds(range, "begin"));
        MILLRACE_ASSIGN(config.end, read_bounds(range, "end"));
        MILLRACE_ASSIGN(config.split, read_bounds(range, "split"));
        std::erase_if(config.split, [](const KeyBound& bound) {
            return bound.kind == KeyBound::Kind::kMin || bound.kind == KeyBound::Kind::kMax;
        });
    }
    MILLRACE_TRY(read_versions(given, config));
    MILLRACE_TRY(given.status());
    return config;
}

}  // namespace millrace
