#include "common/config/opensearch_application.h"

#include "common/config/joined.h"

#include <algorithm>

namespace millrace {
namespace {

std::optional<size_t> position_of(const std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<size_t>(found - names.begin());
}

Status check_edition(const OpenSearchWriterConfig& config, const opensearch::AppInfo& app) {
    if (app.edition != opensearch::Edition::kStandard) return {};
    const std::string whose =
        "OpenSearch application " + config.app + " is of the standard edition";
    if (config.timestamps == DocumentTimestamps::kOn) {
        return config_error(whose + ", which takes no timestamps: write \"timestamps\": \"off\"");
    }
    if (config.write_mode == DocumentWriteMode::kUpdate) {
        return config_error(whose +
                            ", which knows no updates: write \"writeMode\": \"add\"; "
                            "what a change leaves out is then read from the source");
    }
    return {};
}

// The key field of the table, as far as it is told.
Result<std::string> key_field(const OpenSearchWriterConfig& config,
                              const opensearch::AppInfo& app) {
    if (app.tables.empty()) return std::string();
    const auto table = app.tables.find(config.table);
    if (table != app.tables.end()) return table->second;
    std::vector<std::string> names;
    for (const auto& [name, field] : app.tables) names.push_back(name);
    return config_error("OpenSearch application " + config.app + " has no table \"" + config.table +
                        "\"; its tables: " + joined(names));
}

// Columns that are key columns of the source.
std::vector<size_t> key_columns(const RecordShape& source) {
    const std::vector<std::string> keys = names_of(source.key);
    std::vector<size_t> found;
    for (size_t i = 0; i < source.columns.size(); ++i) {
        if (position_of(keys, source.columns[i].name)) found.push_back(i);
    }
    return found;
}

Result<std::optional<size_t>> key_column(const OpenSearchWriterConfig& config,
                                         const RecordShape& source, const std::string& field) {
    if (!field.empty()) {
        const auto column = position_of(config.columns, field);
        if (column) return column;
        return config_error("\"column\" must name the key field \"" + field + "\" of table \"" +
                            config.table + "\"; it names " + joined(config.columns));
    }
    if (source.key.empty()) return std::optional<size_t>();
    const std::vector<size_t> found = key_columns(source);
    if (found.size() == 1) return std::optional<size_t>(found[0]);
    return config_error(
        "one column of the reader must be the key of the documents, and OpenSearch does not tell "
        "which field that is: of the key columns of the source (" +
        joined(names_of(source.key)) + ") exactly one must be among the reader's columns (" +
        joined(names_of(source.columns)) + ")");
}

}  // namespace

opensearch::Settings settings_of(const OpenSearchWriterConfig& config) {
    return {.host = config.host,
            .app = config.app,
            .table = config.table,
            .access_id = config.access_id,
            .access_key = config.access_key,
            .sts_token = config.sts_token,
            .version2 = config.version2};
}

Result<ApplicationFit> fit_application(const OpenSearchWriterConfig& config,
                                       const RecordShape& source, const opensearch::AppInfo& app) {
    if (source.columns.size() != config.columns.size()) {
        return config_error("the reader has " + std::to_string(source.columns.size()) +
                            " columns (" + joined(names_of(source.columns)) +
                            "), the opensearch writer " + std::to_string(config.columns.size()) +
                            " (" + joined(config.columns) + "): give both the same number");
    }
    MILLRACE_TRY(check_edition(config, app));
    ApplicationFit fit;
    fit.timestamps = config.timestamps != DocumentTimestamps::kOff &&
                     app.edition != opensearch::Edition::kStandard;
    if (config.version2 && config.timestamps == DocumentTimestamps::kAuto) fit.timestamps = false;
    MILLRACE_ASSIGN(const std::string field, key_field(config, app));
    MILLRACE_ASSIGN(fit.key_column, key_column(config, source, field));
    if (source.key.empty()) return fit;
    fit.key_of_source = position_of(names_of(source.key), source.columns[*fit.key_column].name);
    if (fit.key_of_source) return fit;
    return config_error("the key field \"" + config.columns[*fit.key_column] +
                        "\" must be filled from a key column of the source (" +
                        joined(names_of(source.key)) + "), not from \"" +
                        source.columns[*fit.key_column].name + "\"");
}

}  // namespace millrace
