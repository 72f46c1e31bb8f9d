#include <algorithm>

#include "common/codec/parquet/built.h"
#include "common/codec/parquet/schema.h"
#include "common/config/ascii.h"
#include "common/config/oss_reader.h"
#include "common/config/plugin_rules.h"
#include "common/config/rule_pieces.h"
#include "common/net/url.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

// The service takes 10,000 parts of an object; numbers that a lost worker reserved leave gaps.
constexpr int64_t kObjectPartsMax = 9'000;
constexpr size_t kObjectNameMax = 900;  // bytes; the rest is for what names get behind it

void check_delimiters(const ParameterValues& plugin, Findings& findings) {
    const bool csv = plugin.text("fileFormat") == "csv";
    const std::string field = plugin.text("fieldDelimiter");
    const std::string line = plugin.text("lineDelimiter");
    const bool ascii = field.size() == 1 && static_cast<unsigned char>(field[0]) < 0x80;
    if (!ascii || (csv && (field == "\"" || field[0] == '\0'))) {
        findings.error(plugin.place_of("fieldDelimiter"), "delimiter",
                       "\"fieldDelimiter\" must be one ASCII character, and no quote in csv");
    } else if (line.find(field) != std::string::npos) {
        findings.error(plugin.place_of("fieldDelimiter"), "delimiter",
                       "\"fieldDelimiter\" must not occur in \"lineDelimiter\"");
    }
    if (!plugin.plain.contains("lineDelimiter")) return;
    if (line.empty() || (csv && line.size() != 1)) {
        findings.error(plugin.place_of("lineDelimiter"), "delimiter",
                       "\"lineDelimiter\" must be one character: leave it out for \\n");
    }
}

void check_object(const ParameterValues& writer, Findings& findings) {
    const std::string object = writer.text("object");
    const Place place = writer.place_of("object");
    if (object.starts_with('/') || object.starts_with('\\')) {
        findings.error(place, "object-name",
                       "\"object\" must not begin with a slash: names of objects have none there");
    }
    const bool odd = object.ends_with('/') ||
                     ("/" + object + "/").find("/../") != std::string::npos ||
                     ("/" + object + "/").find("/./") != std::string::npos ||
                     object.find("//") != std::string::npos;
    if (odd) {
        findings.error(place, "object-name",
                       "\"object\" must not end with a slash or have an empty part, . or ..");
    }
    if (object.size() > kObjectNameMax) {
        findings.error(place, "object-name", "\"object\" is too long: names end at 1,023 bytes");
    }
}

void check_bucket_in_endpoint(const ParameterValues& writer, Findings& findings) {
    const std::string bucket = writer.text("bucket");
    const Result<Endpoint> endpoint = parse_endpoint(writer.text("endpoint"));
    if (bucket.empty() || !endpoint.ok() || !endpoint->host.starts_with(bucket + ".")) return;
    findings.error(writer.place_of("endpoint"), "bucket-in-endpoint",
                   "\"endpoint\" must not begin with the bucket: write " + endpoint->scheme +
                       "://" + endpoint->host.substr(bucket.size() + 1));
}

// csv and text, which know neither types nor compression yet.
void check_lines(ParameterValues& writer, Findings& findings) {
    check_delimiters(writer, findings);
    leave_out(writer, "column", "csv and text rows are written in the order of the reader",
              findings);
    if (!writer.text("parquetSchema").empty()) {
        leave_out(writer, "parquetSchema", "\"fileFormat\" is not parquet", findings);
    }
    const std::string codec = writer.text("compress");
    if (!codec.empty() && codec != "none") {
        findings.error(writer.place_of("compress"), "not-built-yet",
                       "compressed csv and text objects are not built yet in this version: leave "
                       "\"compress\" out");
    }
    writer.plain["compress"] = "";
    writer.plain["parquetSchema"] = "";
}

void check_parquet_is_built(const ParameterValues& values, Findings& findings) {
    if (const Status built = parquet::check_built(); !built.ok()) {
        findings.error(values.place_of("fileFormat"), "not-in-this-build", built.text());
    }
}

void check_parquet_columns(ParameterValues& writer, Findings& findings) {
    if (!writer.plain.contains("column")) return;
    Json& columns = writer.plain["column"];
    if (!columns.is_array()) {
        findings.error(writer.place_of("column"), "wrong-type",
                       "\"column\" must be a list of {\"name\": …, \"type\": …}");
        return;
    }
    Json plain = Json::array();
    for (size_t i = 0; i < columns.size(); ++i) {
        const Json& item = columns[i];
        const Place place = place_of_item(writer, "column", i);
        const bool formed = item.is_object() && item.contains("name") && item["name"].is_string() &&
                            item["name"] != "" && item.contains("type") && item["type"].is_string();
        if (!formed) {
            findings.error(
                place, "column-form",
                "a parquet column needs a name and a type: {\"name\": \"uid\", \"type\": "
                "\"string\"}");
            continue;
        }
        std::string type = item["type"];
        for (char& c : type) c = ascii::small(c);
        if (const auto column = parquet::column_of({item["name"], type}); !column.ok()) {
            findings.error(place, "column-type", column.status().text());
            continue;
        }
        const Json repeated = item.value("repeated", Json(false));
        plain.push_back({{"name", item["name"]},
                         {"type", item["type"]},
                         {"repeated", repeated == true || repeated == "true"}});
    }
    columns = std::move(plain);
    check_columns_once(writer, true, findings);
}

void check_parquet_schema(const ParameterValues& writer, Findings& findings) {
    const std::string schema = writer.text("parquetSchema");
    if (ascii::trimmed(schema).empty()) return;
    const Place place = writer.place_of("parquetSchema");
    if (writer.plain.contains("column") && !writer.plain["column"].empty()) {
        findings.error(place, "said-twice",
                       "\"parquetSchema\" and \"column\" both give the types: remove one of them");
    }
    if (const auto parsed = parquet::parse_schema(schema); !parsed.ok()) {
        findings.error(place, "parquet-schema", parsed.status().text());
    }
}

void check_parquet(ParameterValues& writer, Findings& findings) {
    for (const char* name : {"encoding", "nullFormat", "dateFormat", "fieldDelimiter",
                             "lineDelimiter", "header", "trimFields", "byteEncoding"}) {
        leave_out(writer, name, "Parquet has types and nulls of its own", findings);
    }
    check_parquet_is_built(writer, findings);
    check_parquet_columns(writer, findings);
    check_parquet_schema(writer, findings);
}

void check_patterns(const ParameterValues& reader, Findings& findings) {
    if (!reader.plain.contains("object")) return;  // told already
    const Json& objects = reader.plain["object"];
    const Place whole_list = reader.place_of("object");
    if (objects.empty()) {
        findings.error(whole_list, "blank-parameter", "\"object\" names no object");
    }
    for (size_t i = 0; i < objects.size(); ++i) {
        const bool listed = reader.nodes.at("object")->is_list();
        const Place place = listed ? place_of_item(reader, "object", i) : whole_list;
        const std::string name = objects[i];
        if (ascii::trimmed(name).empty()) {
            findings.error(place, "object-name", "\"object\" holds a blank name");
        } else if (name.starts_with('/') || name.size() > 1023) {
            findings.error(place, "object-name",
                           "names of objects do not begin with a slash and end at 1,023 bytes");
        }
    }
}

void check_object_column(const Json& item, bool parquet, Place place, Findings& findings) {
    const Result<ObjectColumn> column = read_object_column(item);
    if (!column.ok()) {
        findings.error(place, "column-form", column.status().text());
        return;
    }
    if (!column->name.empty() && !parquet) {
        findings.error(place, "column-form",
                       "a column of csv and text needs an index, counted from 0, not a name");
    }
    if (!column->date_format.empty()) check_date_format(column->date_format, place, findings);
}

void check_object_columns(const ParameterValues& reader, Findings& findings) {
    if (!reader.plain.contains("column")) return;
    const Json& columns = reader.plain["column"];
    const bool parquet = reader.text("fileFormat") == "parquet";
    if (!columns.is_array() || columns.empty()) {
        findings.error(
            reader.place_of("column"), "no-columns",
            "\"column\" must be [\"*\"] or a list of {\"index\": 0, \"type\": \"string\"}");
        return;
    }
    if (columns.size() == 1 && columns[0] == "*") return;
    for (size_t i = 0; i < columns.size(); ++i) {
        check_object_column(columns[i], parquet, place_of_item(reader, "column", i), findings);
    }
}

}  // namespace

void check_oss_writer(ParameterValues& writer, Findings& findings) {
    check_address(writer, "endpoint", findings);
    check_bucket_in_endpoint(writer, findings);
    check_object(writer, findings);
    check_date_format(writer.text("dateFormat"), writer.place_of("dateFormat"), findings);
    if (writer.text("fileFormat") == "parquet") {
        check_parquet(writer, findings);
    } else {
        check_lines(writer, findings);
    }
    take_megabytes(writer, "blockSizeInMB", "partBytes", findings);
    take_megabytes(writer, "maxFileSize", "objectBytes", findings);
    const int64_t part = whole(writer, "partBytes");
    const int64_t object = whole(writer, "objectBytes");
    if (part > 0 && object / part > kObjectPartsMax) {
        findings.error(writer.place_of("objectBytes"), "too-many-parts",
                       "an object of " + std::to_string(object) +
                           " bytes would have more than 10,000 "
                           "parts: make partBytes larger or objectBytes smaller");
    }
}

void check_oss_reader(ParameterValues& reader, Findings& findings) {
    check_address(reader, "endpoint", findings);
    check_bucket_in_endpoint(reader, findings);
    check_patterns(reader, findings);
    check_object_columns(reader, findings);
    if (reader.text("compress") == "none") reader.plain["compress"] = "";
    if (reader.text("fileFormat") != "parquet") {
        check_delimiters(reader, findings);
        return;
    }
    check_parquet_is_built(reader, findings);
    for (const char* name :
         {"fieldDelimiter", "encoding", "nullFormat", "skipHeader", "compress"}) {
        leave_out(reader, name, "objects of Parquet say it themselves", findings);
    }
}

}  // namespace millrace
