// Whether the rows of a reader fit the columns of a writer. Any reader goes with any writer, as
// long as the writer can tell which value is which.
#include <algorithm>

#include "common/config/ots_address.h"
#include "common/config/plugin_rules.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

constexpr const char* kConstantName = "(constant)";

// What one side says about its columns.
struct Row {
    bool cells = false;  // one row per cell: keys, column name, time, value, …
    bool known = false;  // all columns are named; else `least` and `most` hold
    std::vector<std::string> names;
    size_t least = 0;
    size_t most = SIZE_MAX;

    void close() {
        known = true;
        least = most = names.size();
    }
};

std::string names_or_all(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "all columns" : text;
}

// What a column is called, whatever form its plugin has.
std::string column_name(const Json& column) {
    if (column.is_string()) {
        const std::string text = column;
        return text.starts_with('\'') ? kConstantName : text;
    }
    if (!column.is_object()) return "?";
    if (column.contains("name") && column["name"].is_string()) return column["name"];
    return column.contains("index") ? "field " + column["index"].dump() : kConstantName;
}

std::vector<std::string> column_names(const ParameterValues& values, const char* name) {
    std::vector<std::string> names;
    const auto list = values.plain.find(name);
    if (list == values.plain.end() || !list->is_array()) return names;
    for (const Json& column : *list) names.push_back(column_name(column));
    return names;
}

Row cells_of(std::vector<std::string> behind_the_keys) {
    Row row;
    row.cells = true;
    row.least = behind_the_keys.size() + 1;
    row.most = behind_the_keys.size() + kKeyColumnsMax;
    row.names = std::move(behind_the_keys);
    row.names.insert(row.names.begin(), "(keys)");
    return row;
}

Row row_of_reader(const Plugin& source, const ParameterValues& reader) {
    const bool sequence = reader.plain.value("isExportSequenceInfo", Json(false)) == true;
    if (source.owner == Owner::kOtsStreamReader && reader.text("mode") != kRowMode) {
        std::vector<std::string> names = {"colName", "version", "colValue", "opType"};
        if (sequence) names.push_back("sequenceInfo");
        return cells_of(std::move(names));
    }
    if (source.owner == Owner::kOtsReader && reader.text("mode") == "multiVersion") {
        return cells_of({"colName", "timestamp", "value"});
    }
    Row row;
    row.names = column_names(reader, "column");
    const bool all =
        row.names.empty() || std::find(row.names.begin(), row.names.end(), "*") != row.names.end();
    if (all) return row;
    if (sequence) row.names.push_back("(the sequence)");
    row.close();
    return row;
}

Row row_of_writer(const Plugin& target, const ParameterValues& writer) {
    Row row;
    row.names = column_names(writer, "column");
    if (target.owner == Owner::kOtsWriter) {
        std::vector<std::string> keys = column_names(writer, "primaryKey");
        row.cells = writer.text("mode") == "multiVersion";
        if (row.cells) row.names = {"colName", "timestamp", "value"};
        row.names.insert(row.names.begin(), keys.begin(), keys.end());
        if (!keys.empty()) row.close();
        return row;
    }
    const bool all = row.names.empty() || row.names == std::vector<std::string>{"*"};
    if (!all) row.close();
    return row;
}

class PairRules {
  public:
    PairRules(const Plugin& source, const ParameterValues& reader, const Plugin& target,
              ParameterValues& writer, Findings& findings)
        : source_(source),
          reader_(reader),
          target_(target),
          writer_(writer),
          findings_(findings),
          from_(row_of_reader(source, reader)) {}

    void run() {
        if (!check_kinds()) return;
        take_reader_names();
        to_ = row_of_writer(target_, writer_);
        check_counts();
        check_ids();
        check_truncate();
        check_parquet_types();
        const bool whole = source_.owner != Owner::kOtsStreamReader;
        if (whole && target_.owner == Owner::kOssWriter && !writer_.stands("generateEmptyFile")) {
            writer_.plain["generateEmptyFile"] = true;
        }
    }

  private:
    bool keyed() const {
        return target_.owner == Owner::kElasticsearchWriter ||
               target_.owner == Owner::kOpenSearchWriter;
    }

    // Cells go only where cells are taken, and rows where rows are.
    bool check_kinds() {
        const bool takes_cells = row_of_writer(target_, writer_).cells;
        if (target_.owner == Owner::kOtsWriter && takes_cells) return check_cells();
        const bool rows_only = keyed() || target_.owner == Owner::kOtsWriter;
        if (!from_.cells || !rows_only) return true;
        const char* mode = source_.owner == Owner::kOtsReader ? "normal" : kRowMode;
        findings_.error(reader_.place_of("mode"), "mode-of-writer",
                        "writer \"" + std::string(target_.name) +
                            "\" takes rows only: set \"mode\": \"" + mode + "\" in the reader");
        return false;
    }

    // A multi-version ots writer: keys, column name, timestamp, value.
    bool check_cells() {
        const bool streamed = source_.owner == Owner::kOtsStreamReader;
        const bool by_rows = source_.owner == Owner::kOtsReader && !from_.cells;
        if (!streamed && !by_rows) return true;
        findings_.error(writer_.place_of("mode"), "mode-of-writer",
                        streamed ? std::string("changes of a Stream are written with \"mode\": "
                                               "\"normal\", and read with \"mode\": \"") +
                                       kRowMode + "\""
                                 : "\"mode\": \"multiVersion\" takes the cells of a reader with "
                                   "\"mode\": \"multiVersion\"");
        return false;
    }

    // ["*"] of an opensearch writer: the fields have the reader's names.
    void take_reader_names() {
        if (target_.owner != Owner::kOpenSearchWriter) return;
        if (writer_.plain.value("column", Json()) != Json::array({"*"})) return;
        const bool named =
            from_.known &&
            std::none_of(from_.names.begin(), from_.names.end(), [](const std::string& name) {
                return name.find_first_of("( ") != std::string::npos;
            });
        if (named) {
            writer_.plain["column"] = from_.names;
        } else {
            findings_.error(writer_.place_of("column"), "column-form",
                            "\"column\": [\"*\"] needs a reader that names all its columns: name "
                            "the fields");
        }
    }

    void check_counts() {
        if (!to_.known) return;
        const size_t takes = to_.names.size();
        if (takes >= from_.least && takes <= from_.most) return;
        const std::string lists = "; reader gives: " + names_or_all(from_.names) +
                                  " / writer takes: " + names_or_all(to_.names);
        std::string gives = std::to_string(from_.least);
        if (from_.least != from_.most) gives += " to " + std::to_string(from_.most);
        const char* place = writer_.stands("column") ? "column" : "primaryKey";
        if (target_.owner == Owner::kOdpsWriter && takes > from_.most) {
            findings_.warning(writer_.place_of(place), "fewer-columns",
                              "the reader gives " + gives + " columns, the writer takes " +
                                  std::to_string(takes) + ": the last ones stay null" + lists);
            return;
        }
        findings_.error(writer_.place_of(place), "column-counts",
                        "the reader gives " + gives + " columns, the writer takes " +
                            std::to_string(takes) + ": make them equal, in the same order" + lists);
    }

    // Rows of objects and of MaxCompute have no key of their own.
    void check_ids() {
        const bool keyless =
            source_.owner == Owner::kOssReader || source_.owner == Owner::kOdpsReader;
        if (!keyless || target_.owner != Owner::kElasticsearchWriter) return;
        const auto columns = writer_.plain.find("column");
        if (columns == writer_.plain.end() || !columns->is_array() || columns->empty()) return;
        for (const Json& column : *columns) {
            if (column.is_object() && column.value("type", Json()) == "id") return;
        }
        findings_.error(writer_.place_of("column"), "id-columns",
                        "rows of reader \"" + std::string(source_.name) +
                            "\" have no key: give at least one column \"type\": \"id\"");
    }

    void check_truncate() {
        if (target_.owner != Owner::kOdpsWriter || source_.owner != Owner::kOtsStreamReader) return;
        if (writer_.plain.value("truncate", Json()) != true) return;
        if (writer_.text("truncateScope") == "instance") return;
        findings_.note(writer_.place_of("truncate"), "truncate-once",
                       "the first window of this job into a partition replaces what is there, "
                       "later windows add to it; DataX replaces it each time: \"truncateScope\": "
                       "\"instance\"");
    }

    // Tablestore knows the types of key columns and defined columns only.
    void check_parquet_types() {
        if (target_.owner != Owner::kOssWriter || writer_.text("fileFormat") != "parquet") return;
        const bool untyped =
            source_.owner == Owner::kOtsStreamReader || source_.owner == Owner::kOtsReader;
        if (!untyped || to_.known || !writer_.text("parquetSchema").empty()) return;
        findings_.warning(writer_.place_of("fileFormat"), "parquet-types",
                          "without \"column\" or \"parquetSchema\" the types come from the table, "
                          "which knows those of key columns and defined columns only: give "
                          "\"column\": [{\"name\": …, \"type\": …}]");
    }

    const Plugin& source_;
    const ParameterValues& reader_;
    const Plugin& target_;
    ParameterValues& writer_;
    Findings& findings_;
    const Row from_;
    Row to_;
};

}  // namespace

void check_pair(const Plugin& source, const ParameterValues& reader, const Plugin& target,
                ParameterValues& writer, Findings& findings) {
    PairRules(source, reader, target, writer, findings).run();
}

}  // namespace millrace
