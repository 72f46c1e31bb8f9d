#include "common/config/job_package.h"

#include <nlohmann/json.hpp>

#include "common/config/text_reader.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

constexpr int kForm = 1;

std::string context_of(const RunId& run) {
    return "package/" + run.text();
}

// The values of what ${env:NAME} names in the data sources, and of nothing else.
Json environment_to_json(const JobRequest& request) {
    Json values = Json::object();
    if (!request.sources || !request.environment) return values;
    Findings ignored("");  // whoever parses the job hears of them
    Node root = read_text(request.sources->text, ignored);
    const auto note = [&](std::string_view name) {
        std::optional<std::string> value = request.environment(name);
        if (value) values[std::string(name)] = *value;
        return value;
    };
    apply_environment(root, note, ignored);
    return values;
}

Environment environment_of(const Json& values) {
    return [map = values.get<std::map<std::string, std::string>>()](
               std::string_view name) -> std::optional<std::string> {
        const auto found = map.find(std::string(name));
        if (found == map.end()) return {};
        return found->second;
    };
}

Json to_json(const JobRequest& request) {
    Json variables = Json::array();
    for (const Variable& variable : request.variables) {
        variables.push_back({variable.name, variable.value});
    }
    Json json = {{"file", request.file},
                 {"text", request.text},
                 {"variables", std::move(variables)},
                 {"environment", environment_to_json(request)},
                 {"scheduleMs", to_millis(request.schedule)},
                 {"name", request.name},
                 {"next", request.next}};
    if (request.sources) json["sources"] = {request.sources->file, request.sources->text};
    if (request.window) {
        json["windowMs"] = {to_millis(request.window->start), to_millis(request.window->end)};
    }
    if (request.dirty_records_max) json["dirtyRecordsMax"] = *request.dirty_records_max;
    return json;
}

JobRequest request_of(const Json& json) {
    JobRequest request;
    request.file = json.at("file");
    request.text = json.at("text");
    for (const Json& pair : json.at("variables")) {
        request.variables.push_back({pair.at(0), pair.at(1)});
    }
    request.environment = environment_of(json.at("environment"));
    request.schedule = from_millis(json.at("scheduleMs"));
    request.name = json.at("name");
    request.next = json.at("next");
    if (const auto sources = json.find("sources"); sources != json.end()) {
        request.sources = SourcesText{sources->at(0), sources->at(1)};
    }
    if (const auto window = json.find("windowMs"); window != json.end()) {
        request.window = Window{from_millis(window->at(0)), from_millis(window->at(1))};
    }
    if (const auto max = json.find("dirtyRecordsMax"); max != json.end()) {
        request.dirty_records_max = max->get<uint64_t>();
    }
    return request;
}

Json to_json(const std::vector<ShapeColumn>& columns) {
    Json json = Json::array();
    for (const ShapeColumn& column : columns) {
        json.push_back({column.name, static_cast<int>(column.type)});
    }
    return json;
}

std::vector<ShapeColumn> columns_of(const Json& json) {
    std::vector<ShapeColumn> columns;
    for (const Json& pair : json) {
        columns.push_back({pair.at(0), static_cast<ValueType>(pair.at(1).get<uint8_t>())});
    }
    return columns;
}

JobPackage package_of(const Json& json) {
    JobPackage package;
    package.request = request_of(json.at("request"));
    package.shape = {columns_of(json.at("key")), columns_of(json.at("columns"))};
    package.stream = StreamId(json.at("stream").get<std::string>());
    package.accept_loss = json.at("acceptLoss");
    package.replay = json.at("replay");
    package.whole_partition = json.value("wholePartition", false);
    package.begun_anew = json.value("begunAnew", 0);
    package.label = json.at("label");
    return package;
}

}  // namespace

std::string seal(const JobPackage& package, const RunId& run, const SealKey& key, Random& random) {
    const Json json = {{"form", kForm},
                       {"request", to_json(package.request)},
                       {"key", to_json(package.shape.key)},
                       {"columns", to_json(package.shape.columns)},
                       {"stream", package.stream.text()},
                       {"acceptLoss", package.accept_loss},
                       {"replay", package.replay},
                       {"wholePartition", package.whole_partition},
                       {"begunAnew", package.begun_anew},
                       {"label", package.label}};
    // CBOR is JSON that carries texts byte by byte: scripts and keys need not be UTF-8.
    std::string bytes;
    Json::to_cbor(json, bytes);
    return seal(bytes, context_of(run), key, random);
}

Result<JobPackage> open_package(std::string_view sealed, const RunId& run, const SealKey& key) {
    const auto named = [&](const Status& why) {
        return why.with_context("the package of run " + run.text());
    };
    const Result<std::string> bytes = unseal(sealed, context_of(run), key);
    if (!bytes.ok()) return named(bytes.status());
    const Json json = Json::from_cbor(*bytes, true, false);
    try {
        if (json.at("form") == kForm) return package_of(json);
    } catch (const Json::exception&) {
        return named(Status(Code::kCorrupt, "its form is not understood"));
    }
    return named(Status(Code::kCorrupt,
                        "it was made by another version of millrace: stop the "
                        "older processes, then rerun it"));
}

}  // namespace millrace
