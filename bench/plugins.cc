#include "bench/plugins.h"

#include "bench/flow.h"

namespace millrace::bench {

using nlohmann::json;

namespace {

bool is_stream(SourceKind source) {
    return source == SourceKind::kStream || source == SourceKind::kUpdates ||
           source == SourceKind::kCells;
}

std::vector<std::string> names_in(SourceKind source) {
    if (source == SourceKind::kCells) return {"uid", "cell", "version", "value", "operation"};
    return {"uid", "name", "phone_number", "content"};
}

json table_of(const FlowSpec& spec) {
    return {{"endpoint", spec.ots},
            {"instanceName", "school"},
            {"accessId", spec.access_id},
            {"responseMd5", spec.response_md5 ? "on" : "off"}};
}

json bucket_of(const FlowSpec& spec, const char* bucket) {
    return {{"endpoint", spec.sink},
            {"bucket", bucket},
            {"accessId", spec.access_id},
            {"fileFormat", "csv"}};
}

json project_of(const FlowSpec& spec) {
    return {{"odpsServer", spec.sink + "/api"},
            {"tunnelServer", spec.sink},
            {"project", "school"},
            {"accessId", spec.access_id},
            {"table", "user_info"},
            {"column", names_in(spec.source)}};
}

json with(json parameters, const json& more) {
    parameters.update(more);
    return parameters;
}

PluginSpec plugin(const FlowSpec& spec, const char* name, json parameters) {
    return {name, std::move(parameters), {{"accessKey", Secret(spec.access_key)}}};
}

// The columns of a Tablestore writer; `typed` as {"name", "type"}.
json typed(std::initializer_list<const char*> names, const char* type) {
    json columns = json::array();
    for (const char* name : names) columns.push_back({{"name", name}, {"type", type}});
    return columns;
}

json documents(const FlowSpec& spec) {
    return {{"endpoint", spec.sink},
            {"index", "user_info"},
            {"compress", spec.gzip},
            {"column",
             {{{"name", "uid"}, {"type", "id"}},
              {{"name", "name"}, {"type", "keyword"}},
              {{"name", "phone_number"}, {"type", "keyword"}},
              {{"name", "content"}, {"type", "text"}}}}};
}

}  // namespace

PluginSpec reader_of(const FlowSpec& spec) {
    json columns = json::array();
    if (spec.source == SourceKind::kPartition) return plugin(spec, "odps", project_of(spec));
    if (spec.source == SourceKind::kObject) {
        for (int i = 0; i < 4; ++i) columns.push_back({{"index", i}, {"type", "string"}});
        return plugin(
            spec, "oss",
            with(bucket_of(spec, "school"), {{"object", "user_info.csv"}, {"column", columns}}));
    }
    for (const std::string& name : names_in(spec.source)) columns.push_back({{"name", name}});
    if (spec.source == SourceKind::kTable) {
        return plugin(spec, "ots",
                      with(table_of(spec), {{"table", "user_info"},
                                            {"mode", "normal"},
                                            {"maxRetryTime", 2},
                                            {"column", columns}}));
    }
    json stream = with(table_of(spec), {{"dataTable", "user_info"}, {"maxRetries", 2}});
    const bool cells = spec.source == SourceKind::kCells;
    stream["mode"] = cells ? "multi_version" : "single_version_and_update_only";
    if (!cells) stream["column"] = columns;
    return plugin(spec, "otsstream", std::move(stream));
}

PluginSpec writer_of(const FlowSpec& spec) {
    switch (spec.target) {
        case TargetKind::kCsv: break;
        case TargetKind::kBulk: return {"elasticsearch", documents(spec), {}};
        case TargetKind::kOdps:
            return plugin(spec, "odps", with(project_of(spec), {{"truncate", true}}));
        case TargetKind::kApp:
            return plugin(spec, "opensearch",
                          {{"host", spec.sink},
                           {"indexName", "school"},
                           {"table", "user_info"},
                           {"accessId", spec.access_id},
                           {"writeMode", "add"},
                           {"timestamps", "on"},
                           {"column", names_in(spec.source)}});
        case TargetKind::kOts:
            return plugin(spec, "ots",
                          with(table_of(spec),
                               {{"table", "user_info"},
                                {"writeMode", "PutRow"},
                                {"primaryKey", typed({"uid"}, "string")},
                                {"column", typed({"name", "phone_number", "content"}, "string")}}));
    }
    return plugin(spec, "oss",
                  with(bucket_of(spec, "school-backup"),
                       {{"object", "bench/user_info"}, {"writeMode", "append"}}));
}

RecordShape shape_of(SourceKind source) {
    RecordShape shape;
    if (is_stream(source) || source == SourceKind::kTable) {
        shape.key = {{"uid", ValueType::kString}};
    }
    for (const std::string& name : names_in(source)) {
        shape.columns.push_back({name, ValueType::kString});
    }
    return shape;
}

std::vector<maxcompute::Column> stored_columns(SourceKind source) {
    std::vector<maxcompute::Column> columns;
    for (const std::string& name : names_in(source)) {
        columns.push_back(maxcompute::make_column(name, "string"));
    }
    return columns;
}

}  // namespace millrace::bench
