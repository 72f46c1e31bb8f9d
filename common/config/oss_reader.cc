#include "common/config/oss_reader.h"

#include "common/config/ascii.h"
#include "common/config/cell_types.h"
#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

std::optional<ObjectFieldType> field_type(const std::string& word) {
    static constexpr std::pair<std::string_view, ObjectFieldType> kWords[] = {
        {"string", ObjectFieldType::kString}, {"long", ObjectFieldType::kLong},
        {"double", ObjectFieldType::kDouble}, {"boolean", ObjectFieldType::kBoolean},
        {"date", ObjectFieldType::kDate},     {"bytes", ObjectFieldType::kBytes},
    };
    for (const auto& [name, type] : kWords) {
        if (ascii::same_without_case(name, word)) return type;
    }
    return {};
}

Status check_constant(const ObjectColumn& column) {
    const auto type = [&]() -> std::optional<ValueType> {
        switch (column.type) {
            case ObjectFieldType::kLong: return ValueType::kInteger;
            case ObjectFieldType::kDouble: return ValueType::kDouble;
            case ObjectFieldType::kBoolean: return ValueType::kBoolean;
            default: return {};
        }
    }();
    if (!type) return {};
    return make_constant(*type, *column.constant).status().with_context("a constant column");
}

ObjectFormat object_format(const std::string& word) {
    if (word == "parquet") return ObjectFormat::kParquet;
    return word == "csv" ? ObjectFormat::kCsv : ObjectFormat::kText;
}

Status read_columns(const Json& list, OssReaderConfig& config) {
    if (list.is_array() && list.size() == 1 && list[0] == "*") {
        config.all_columns = true;
        return {};
    }
    for (const Json& item : list) {
        MILLRACE_ASSIGN(ObjectColumn column, read_object_column(item));
        if (!column.name.empty() && config.format != ObjectFormat::kParquet) {
            return config_error("a column of csv and text needs an index, not a name");
        }
        config.columns.push_back(std::move(column));
    }
    return config.columns.empty() ? config_error("\"column\" names no column") : Status();
}

}  // namespace

Result<ObjectColumn> read_object_column(const Json& item) {
    ObjectColumn column;
    if (!item.is_object()) return config_error("a column must be a map");
    const std::optional<ObjectFieldType> type =
        field_type(item.contains("type") ? scalar_text(item["type"]) : "string");
    if (!type) {
        return config_error(
            "the type of a column must be string, long, double, boolean, date or bytes");
    }
    column.type = *type;
    if (item.contains("format")) column.date_format = scalar_text(item["format"]);
    if (item.contains("index")) {
        const std::optional<int64_t> index = whole_number(scalar_text(item["index"]));
        if (!index || *index < 0 || *index > 100'000) {
            return config_error("the index of a column must be 0 or more");
        }
        column.index = static_cast<uint32_t>(*index);
    } else if (item.contains("value")) {
        column.constant = scalar_text(item["value"]);
        MILLRACE_TRY(check_constant(column));
    } else if (item.contains("name")) {
        column.name = scalar_text(item["name"]);
    }
    if (!column.index && !column.constant && column.name.empty()) {
        return config_error("a column must have an index, a name or a value");
    }
    return column;
}

Result<OssReaderConfig> read_oss_reader(const PluginSpec& reader) {
    TypedParameters given(reader.parameters);
    OssReaderConfig config;
    MILLRACE_ASSIGN(config.address,
                    oss::make_config({given.text("endpoint"), given.text("bucket"),
                                      given.text("accessId"), reader.secret("accessKey"),
                                      reader.secret("securityToken"), given.text("region")}));
    const Json& objects = given.value("object");
    config.objects =
        objects.is_string() ? std::vector{objects.get<std::string>()} : given.texts("object");
    if (config.objects.empty()) return config_error("\"object\" names no object");
    config.format = object_format(given.text("fileFormat", "csv"));
    MILLRACE_TRY(read_columns(given.value("column"), config));
    const std::string delimiter = given.text("fieldDelimiter", ",");
    if (delimiter.size() != 1)
        return config_error("\"fieldDelimiter\" must be one ASCII character");
    config.delimiter = delimiter[0];
    config.encoding = given.text("encoding", "UTF-8");
    for (char& c : config.encoding) c = ascii::small(c);
    if (given.value("nullFormat").is_string()) config.null_format = given.text("nullFormat");
    config.skip_header = given.get("skipHeader", false);
    config.compress =
        given.text("compress") == "gzip" ? ObjectCompression::kGzip : ObjectCompression::kNone;
    config.success_on_no_object = given.get("successOnNoObject", false);
    config.time_zone = given.text("timeZone", "Asia/Shanghai");
    MILLRACE_TRY(given.status());
    return config;
}

}  // namespace millrace
