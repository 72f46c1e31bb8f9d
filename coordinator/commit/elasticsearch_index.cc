#include "coordinator/commit/elasticsearch_index.h"

#include <array>

namespace millrace::elasticsearch {

using nlohmann::json;

namespace {

// How long the index remembers the version of a deleted document. When it has forgotten, an older
// write that comes late brings the document back.
constexpr std::string_view kGcDeletes = "index.gc_deletes";
constexpr std::string_view kGcDeletesOurs = "1h";
constexpr double kGcDeletesLeastSeconds = 3600;

// What a cleanup keeps of the index that it replaces.
constexpr std::array<std::string_view, 2> kKept = {"index.number_of_shards",
                                                   "index.number_of_replicas"};

// {"index":{"a":1},"b":2} -> {"index.a":1,"index.b":2}
json flat_settings(const json& settings) {
    json flat = json::object();
    const std::function<void(const json&, const std::string&)> walk =
        [&](const json& node, const std::string& prefix) {
            for (const auto& [key, value] : node.items()) {
                const std::string name = prefix.empty() ? key : prefix + "." + key;
                if (value.is_object()) {
                    walk(value, name);
                } else {
                    flat[name.starts_with("index.") ? name : "index." + name] = value;
                }
            }
        };
    walk(settings, "");
    return flat;
}

// "90s", "1h" -> seconds; negative when not understood.
double seconds_of(const std::string& text) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    const std::string unit(end);
    if (unit == "ms") return number / 1000;
    if (unit == "s") return number;
    if (unit == "m") return number * 60;
    if (unit == "h") return number * 3600;
    if (unit == "d") return number * 86400;
    return number == 0 ? 0 : -1;
}

// The one index that the name stands for.
Result<std::pair<std::string, json>> single(const json& answer, const std::string& index) {
    if (answer.size() == 1) {
        return std::pair<std::string, json>(answer.begin().key(), answer.begin().value());
    }
    return config_error("index " + index + " is an alias of " + std::to_string(answer.size()) +
                        " indices; a writer needs exactly one");
}

Status create(Client& client, const WriterConfig& config, const std::string& run, const json& kept,
              Prepared& prepared) {
    json settings = flat_settings(kept);
    settings.update(flat_settings(config.settings));
    if (!settings.contains(kGcDeletes)) settings[std::string(kGcDeletes)] = kGcDeletesOurs;
    json mappings = config.dynamic ? json::object() : mapping_of(config);
    mappings["_meta"] = {{"millrace_run", run}};
    const json body = {{"settings", settings}, {"mappings", mappings}};
    MILLRACE_ASSIGN(prepared.created, client.create_index(config.index, body));
    return {};
}

// Deletes the index unless this run has made it already; gives the settings to keep.
Result<json> clean_up(Client& client, const WriterConfig& config, const std::string& run) {
    MILLRACE_ASSIGN(const json answer, client.mapping(config.index));
    MILLRACE_ASSIGN(const auto mapping, single(answer, config.index));
    if (mapping.first != config.index) {
        return config_error("\"cleanup\": " + config.index + " is an alias of index " +
                            mapping.first + "; name the index itself");
    }
    const json meta = mapping.second.value("/mappings/_meta"_json_pointer, json::object());
    if (meta.value("millrace_run", "") == run) return json();
    MILLRACE_ASSIGN(const json all, client.settings(config.index));
    json kept = json::object();
    const json settings = all.begin().value().value("settings", json::object());
    for (const std::string_view name : kKept) {
        if (settings.contains(name)) kept[std::string(name)] = settings[std::string(name)];
    }
    MILLRACE_TRY(client.delete_index(config.index));
    return kept;
}

// Fields that the index does not have yet are added; a field of another type is an error.
Status put_fields(Client& client, const WriterConfig& config) {
    const json mapping = mapping_of(config);
    if (config.dynamic || mapping["properties"].empty()) return {};
    const Status put = client.put_mapping(config.index, mapping);
    if (put.service_code() != "illegal_argument_exception" &&
        put.service_code() != "mapper_parsing_exception") {
        return put;
    }
    return config_error("index " + config.index + " has other fields than the job's columns (" +
                        put.service_code() +
                        "): change the columns' types, write into another index, or use "
                        "\"dynamic\": true to leave its mapping alone");
}

Status look_at_settings(Client& client, const WriterConfig& config, Prepared& prepared) {
    MILLRACE_ASSIGN(const json answer, client.settings(config.index));
    MILLRACE_ASSIGN(const auto one, single(answer, config.index));
    const json settings = one.second.value("settings", json::object());
    prepared.uuid = settings.value("index.uuid", "");
    const std::string remembers = settings.value(std::string(kGcDeletes), "60s");
    const double seconds = seconds_of(remembers);
    if (seconds >= 0 && seconds < kGcDeletesLeastSeconds) {
        prepared.notes.push_back("index " + one.first + " forgets deletes after " + remembers +
                                 " (index.gc_deletes); with 1h a repeated window cannot bring a "
                                 "deleted document back");
    }
    return {};
}

}  // namespace

json mapping_of(const WriterConfig& config) {
    json mapping = {{"properties", json::object()}};
    for (const Column& column : config.columns) {
        if (column.type != ColumnType::kId) mapping["properties"][column.name] = column.mapping;
    }
    if (!config.dst_dynamic.is_null()) mapping["dynamic"] = config.dst_dynamic;
    return mapping;
}

Result<Prepared> prepare_index(Client& client, const WriterConfig& config, const std::string& run) {
    Prepared prepared;
    try {
        MILLRACE_ASSIGN(prepared.server, client.probe());
        if (!prepared.server.typeless) {
            return config_error("Elasticsearch " + prepared.server.version +
                                " is too old: Elasticsearch 7 or OpenSearch 1 is the oldest");
        }
        MILLRACE_ASSIGN(bool exists, client.index_exists(config.index));
        json kept = json::object();
        if (exists && config.cleanup) {
            MILLRACE_ASSIGN(kept, clean_up(client, config, run));
            exists = kept.is_null();
        }
        if (!exists) MILLRACE_TRY(create(client, config, run, kept, prepared));
        if (!prepared.created) MILLRACE_TRY(put_fields(client, config));
        MILLRACE_TRY(look_at_settings(client, config, prepared));
    } catch (const json::exception&) {
        return Status(Code::kCorrupt,
                      "index " + config.index + ": the search server's answer was not understood");
    }
    return prepared;
}

Status finish_index(Client& client, const WriterConfig& config, const std::string& uuid) {
    MILLRACE_TRY(client.refresh(config.index));
    Prepared now;
    MILLRACE_TRY(look_at_settings(client, config, now));
    if (!uuid.empty() && now.uuid != uuid) {
        return fatal_error("index " + config.index +
                           " was deleted and made anew during the run: documents written before "
                           "that are lost; run the window again");
    }
    if (config.alias.empty()) return {};
    json actions = json::array();
    MILLRACE_ASSIGN(const auto holders, client.alias_holders(config.alias));
    for (const std::string& holder : holders) {
        if (holder == config.index || !config.alias_exclusive) continue;
        actions.push_back({{"remove", {{"index", holder}, {"alias", config.alias}}}});
    }
    actions.push_back({{"add", {{"index", config.index}, {"alias", config.alias}}}});
    return client.update_aliases(actions);
}

}  // namespace millrace::elasticsearch
