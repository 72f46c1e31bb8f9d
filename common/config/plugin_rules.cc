#include "common/config/plugin_rules.h"

#include <set>

#include "common/config/ascii.h"
#include "common/net/url.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

constexpr int64_t kBytesPerMegabyte = 1'048'576;
// The service takes 10,000 parts of an object; numbers that a lost worker reserved leave gaps.
constexpr int64_t kObjectPartsMax = 9'000;
constexpr size_t kObjectNameMax = 900;  // bytes; the rest is for what names get behind it

// An address with scheme and without a slash at its end. User data in it would be printed.
void check_endpoint(ParameterValues& values, Findings& findings) {
    if (!values.has("endpoint")) return;
    const Place place = values.place_of("endpoint");
    std::string result;
    for (const std::string& one : split_names(values.text("endpoint"))) {
        const std::string address(ascii::trimmed(one));
        if (address.find('@') != std::string::npos) {
            findings.error(
                place, "secret-in-address",
                "\"endpoint\" must not hold a user name or password: use the parameters");
            return;
        }
        const Result<Endpoint> endpoint = parse_endpoint(address);
        if (!endpoint.ok()) {
            findings.error(place, "address-form", endpoint.status().text());
            return;
        }
        if (address.find("://") == std::string::npos) {
            findings.note(place, "no-scheme",
                          "\"endpoint\" without http:// or https:// is read as https");
        }
        result += (result.empty() ? "" : ",") + endpoint->origin() + endpoint->path;
    }
    values.plain["endpoint"] = result;
}

// Twice the same column is odd in a row and impossible in a document.
void check_columns_once(const ParameterValues& values, bool in_document, Findings& findings) {
    const auto columns = values.plain.find("column");
    if (columns == values.plain.end() || !columns->is_array()) return;
    std::set<std::string> seen;
    for (const Json& column : *columns) {
        const std::string name = column.value("name", "");
        if (seen.insert(name).second) continue;
        const std::string text = "the column \"" + name + "\" stands twice in \"column\"";
        if (in_document) {
            findings.error(values.place_of("column"), "duplicate-column", text);
        } else {
            findings.warning(values.place_of("column"), "duplicate-column", text);
        }
    }
}

// The node of the i-th column in the script, for places.
Place place_of_column(const ParameterValues& values, size_t i) {
    const auto node = values.nodes.find("column");
    if (node == values.nodes.end() || i >= node->second->items.size()) return values.place;
    return node->second->items[i].place;
}

void check_date_format(const ParameterValues& writer, Findings& findings) {
    const std::string format = writer.text("dateFormat");
    bool quoted = false;
    for (const char c : format) {
        if (c == '\'') quoted = !quoted;
        const bool known =
            std::string_view("GyYMLwWDdFEuaHkKhmsSzZX").find(c) != std::string_view::npos;
        if (quoted || !ascii::is_letter(c) || known) continue;
        findings.error(writer.place_of("dateFormat"), "date-format",
                       std::string("\"dateFormat\": the letter ") + c +
                           " is none of Java's, as in yyyy-MM-dd HH:mm:ss");
        return;
    }
    if (quoted) {
        findings.error(writer.place_of("dateFormat"), "date-format",
                       "\"dateFormat\" has an odd number of single quotes");
    }
}

// DataX's name in MB sets our own in bytes, unless that is given too.
void take_megabytes(ParameterValues& values, const char* megabytes, const char* bytes,
                    Findings& findings) {
    const auto given = values.plain.find(megabytes);
    if (given == values.plain.end()) return;
    if (values.stands(bytes)) {
        findings.warning(
            values.place_of(megabytes), "said-twice",
            std::string("\"") + megabytes + "\" is left out: \"" + bytes + "\" is given");
    } else {
        values.plain[bytes] = given->get<int64_t>() * kBytesPerMegabyte;
    }
    values.plain.erase(megabytes);
}

int64_t whole(const ParameterValues& values, const char* name) {
    const auto found = values.plain.find(name);
    return found != values.plain.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

void check_delimiters(const ParameterValues& writer, Findings& findings) {
    const bool csv = writer.text("fileFormat") == "csv";
    const std::string field = writer.text("fieldDelimiter");
    const std::string line = writer.text("lineDelimiter");
    const bool ascii = field.size() == 1 && static_cast<unsigned char>(field[0]) < 0x80;
    if (!ascii || (csv && (field == "\"" || field[0] == '\0'))) {
        findings.error(writer.place_of("fieldDelimiter"), "delimiter",
                       "\"fieldDelimiter\" must be one ASCII character, and no quote in csv");
    } else if (line.find(field) != std::string::npos) {
        findings.error(writer.place_of("fieldDelimiter"), "delimiter",
                       "\"fieldDelimiter\" must not occur in \"lineDelimiter\"");
    }
    if (line.empty() || (csv && line.size() != 1)) {
        findings.error(writer.place_of("lineDelimiter"), "delimiter",
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

void check_index_name(const ParameterValues& writer, Findings& findings) {
    const std::string index = writer.text("index");
    if (index.empty()) return;
    const bool good =
        index.size() <= 255 && index != "." && index != ".." &&
        std::string_view("-_+").find(index.front()) == std::string_view::npos &&
        index.find_first_of("\\/*?\"<>| ,#:ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
    if (good) return;
    findings.error(
        writer.place_of("index"), "index-name",
        "\"index\" must be in small letters, at most 255 bytes, without \\ / * ? \" < > | , "
        "# : and blanks, and not begin with - _ +");
}

// Each column of the elasticsearch writer against its own table.
void check_search_columns(ParameterValues& writer, Findings& findings) {
    const auto node = writer.nodes.find("column");
    if (node == writer.nodes.end() || !writer.plain.contains("column")) return;
    Json columns = Json::array();
    for (const Node& item : node->second->items) {
        const std::string what = "a column of the writer";
        ParameterValues values = read_values(Owner::kElasticsearchColumn, item, what, findings);
        if (values.text("name") == "pk" && !values.has("type")) values.plain["type"] = "id";
        check_required(Owner::kElasticsearchColumn, values, what, {}, findings);
        columns.push_back(std::move(values.plain));
    }
    writer.plain["column"] = std::move(columns);
}

}  // namespace

void check_otsstream(ParameterValues& reader, Findings& findings) {
    check_endpoint(reader, findings);
    std::string instance = reader.text("instanceName");
    if (instance.ends_with('.')) {
        instance.pop_back();
        findings.note(reader.place_of("instanceName"), "trailing-dot",
                      "the dot at the end of \"instanceName\" is left out");
        reader.plain["instanceName"] = instance;
    }
    auto& columns = reader.plain["column"];
    const auto given = reader.nodes.find("column");
    const bool row_mode = reader.text("mode") == kRowMode;
    if (!row_mode && columns.is_array() && !columns.empty()) {
        findings.warning(
            reader.place_of("column"), "column-without-effect",
            std::string("\"column\" has no effect without \"mode\": \"") + kRowMode + "\"");
        columns = Json::array();
    }
    if (row_mode && given == reader.nodes.end()) {
        findings.error(
            reader.place, "missing-parameter",
            "mode single_version_and_update_only needs \"column\": [ {\"name\": \"uid\"}, … ]");
    } else if (row_mode && given->second->is_list() && given->second->items.empty()) {
        findings.error(reader.place_of("column"), "no-columns",
                       "\"column\" names no column: a row needs at least one");
    }
    if (!columns.is_array()) return;
    Json plain = Json::array();
    for (size_t i = 0; i < columns.size(); ++i) {
        const Json tag = columns[i].value("is_timeseries_tag", Json(false));
        if (tag == true || tag == "true") {
            findings.error(place_of_column(reader, i), "not-built-yet",
                           "time-series columns are not built yet in this version");
        }
        plain.push_back({{"name", columns[i]["name"]}});
    }
    columns = std::move(plain);
    check_columns_once(reader, false, findings);
    if (row_mode && reader.plain["isExportSequenceInfo"] == true) {
        findings.note(
            reader.place_of("isExportSequenceInfo"), "sequence-column",
            "the sequence is added as a last column, as DataX does; its documents say false "
            "only");
    }
}

void check_oss(ParameterValues& writer, Findings& findings) {
    check_endpoint(writer, findings);
    check_bucket_in_endpoint(writer, findings);
    check_object(writer, findings);
    check_delimiters(writer, findings);
    check_date_format(writer, findings);
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

void check_elasticsearch(ParameterValues& writer, Findings& findings) {
    check_endpoint(writer, findings);
    check_index_name(writer, findings);
    check_search_columns(writer, findings);
    check_columns_once(writer, true, findings);
}

void check_pair(const ParameterValues& reader, const ParameterValues& writer, const Plugin& target,
                Findings& findings) {
    if (target.owner != Owner::kElasticsearchWriter) return;
    if (reader.text("mode") != kRowMode) {
        findings.error(reader.place_of("mode"), "mode-of-writer",
                       std::string("writer \"elasticsearch\" takes rows only: set \"mode\": \"") +
                           kRowMode + "\" in the reader");
        return;
    }
    const auto from = reader.plain.find("column");
    const auto to = writer.plain.find("column");
    if (from == reader.plain.end() || to == writer.plain.end() || !from->is_array() ||
        !to->is_array() || from->empty() || to->empty()) {
        return;
    }
    const bool sequence = reader.plain.value("isExportSequenceInfo", Json(false)) == true;
    const size_t given = from->size() + (sequence ? 1 : 0);
    if (given == to->size()) return;
    findings.error(writer.place_of("column"), "column-counts",
                   "the reader gives " + std::to_string(given) + " columns" +
                       (sequence ? " (one of them the sequence)" : "") + ", the writer takes " +
                       std::to_string(to->size()) + ": make them equal, in the same order");
}

Node flat_setting(const Node* setting) {
    Node flat;
    flat.kind = Node::Kind::kMap;
    if (setting == nullptr) return flat;
    flat.place = setting->place;
    for (const Member& member : setting->members) {
        if (!member.value.is_map() || (member.key != "speed" && member.key != "errorLimit")) {
            flat.members.push_back(member);
            continue;
        }
        for (const Member& inner : member.value.members) {
            flat.members.push_back({member.key + "." + inner.key, inner.place, inner.value});
        }
    }
    return flat;
}

}  // namespace millrace
