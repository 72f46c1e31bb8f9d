#include "common/services/opensearch/reply.h"

#include <nlohmann/json.hpp>

#include "common/services/opensearch/errors.h"

namespace millrace::opensearch {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kSlower{1000};  // after a rate limit was hit

Code code_of_status(int status) {
    switch (status) {
        case 408:
        case 502:
        case 504: return Code::kUnknownOutcome;
        case 429:
        case 503: return Code::kThrottled;
        default: break;
    }
    if (status < 400) return Code::kCorrupt;
    return status >= 500 ? Code::kUnknownOutcome : Code::kFatal;
}

std::string text_of(const json& tree, const char* name) {
    const auto found = tree.find(name);
    return found != tree.end() && found->is_string() ? found->get<std::string>() : std::string();
}

struct ServiceError {
    int number = 0;
    std::string message;
};

ServiceError first_error(const json& tree) {
    const auto errors = tree.find("errors");
    if (errors == tree.end() || !errors->is_array() || errors->empty()) return {};
    const json& first = errors->front();
    if (!first.is_object()) return {};
    const auto code = first.find("code");
    if (code == first.end() || !code->is_number_integer()) return {};
    return {code->get<int>(), text_of(first, "message")};
}

Status not_understood() {
    return Status(Code::kCorrupt, "the answer of OpenSearch is not understood");
}

// The field that says of itself that it is the key.
std::string key_field_of(const json& table) {
    if (!table.is_object() || !table.contains("fields") || !table["fields"].is_object()) return {};
    for (const auto& [name, field] : table["fields"].items()) {
        if (!field.is_object()) continue;
        const auto key = field.find("primaryKey");
        if (key != field.end() && key->is_boolean() && key->get<bool>()) return name;
    }
    return {};
}

Document document_of(const json& item) {
    Document document;
    for (const auto& [name, value] : item.items()) {
        document[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    return document;
}

}  // namespace

Status status_of(const HttpAnswer& answer, std::string_view what) {
    const json tree = json::parse(answer.body.view(), nullptr, false);
    const bool sound = tree.is_object();
    if (sound && answer.status < 400 && text_of(tree, "status") == "OK") return {};
    const ServiceError error = sound ? first_error(tree) : ServiceError();
    const ErrorRow* row = find_error(error.number);
    const Code code = row ? row->code : code_of_status(answer.status);
    std::string text = "OpenSearch refused to " + std::string(what) + ": HTTP status " +
                       std::to_string(answer.status);
    // The service's own text may quote a document, so it is not kept.
    if (error.number != 0) text += ", error " + std::to_string(error.number);
    if (sound && !text_of(tree, "request_id").empty()) {
        text += " (request id " + text_of(tree, "request_id") + ")";
    }
    if (row && !row->hint.empty()) text.append("; ").append(row->hint);
    Status status(code, std::move(text));
    if (error.number != 0) status = status.with_service_code(std::to_string(error.number));
    return code == Code::kThrottled ? status.with_delay(kSlower) : status;
}

Result<Page> read_page(const HttpAnswer& answer) {
    const json tree = json::parse(answer.body.view(), nullptr, false);
    if (!tree.is_object() || !tree.contains("result")) return not_understood();
    const json& result = tree["result"];
    if (!result.is_object() || !result.contains("items") || !result["items"].is_array() ||
        !result.contains("total") || !result["total"].is_number_integer()) {
        return not_understood();
    }
    Page page;
    page.total = result["total"].get<uint64_t>();
    page.scroll_id = text_of(result, "scroll_id");
    for (const json& item : result["items"]) {
        if (!item.is_object() || !item.contains("fields") || !item["fields"].is_object()) {
            return not_understood();
        }
        page.documents.push_back(document_of(item["fields"]));
    }
    return page;
}

Result<AppInfo> read_app(const HttpAnswer& answer) {
    const json tree = json::parse(answer.body.view(), nullptr, false);
    if (!tree.is_object() || !tree.contains("result")) return not_understood();
    const json& result = tree["result"];
    if (!result.is_object()) return not_understood();
    AppInfo info;
    info.id = text_of(result, "id");
    info.name = text_of(result, "name");
    const std::string type = text_of(result, "type");
    if (type == "standard") info.edition = Edition::kStandard;
    if (type == "advance" || type == "advanced" || type == "enhanced") {
        info.edition = Edition::kAdvanced;
    }
    const json::json_pointer tables("/schema/tables");
    if (result.contains(tables) && result[tables].is_object()) {
        for (const auto& [name, table] : result[tables].items()) {
            info.tables[name] = key_field_of(table);
        }
    }
    return info;
}

}  // namespace millrace::opensearch
