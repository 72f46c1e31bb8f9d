#include "common/services/maxcompute/answers.h"

#include <strings.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/net/xml.h"

namespace millrace::maxcompute {
namespace {

using Json = nlohmann::json;

Status odd_answer(std::string_view why) {
    return Status(Code::kCorrupt, "an answer of MaxCompute cannot be used: " + std::string(why));
}

Result<XmlElement> document(const HttpAnswer& answer, std::string_view root) {
    MILLRACE_ASSIGN(XmlElement xml, parse_xml(answer.body.view()));
    if (xml.name != root) {
        return odd_answer("<" + std::string(root) + "> was expected, not <" + xml.name + ">");
    }
    return xml;
}

// Runs `read` on the JSON of `text`; what it throws becomes a status.
template <typename T, typename Read>
Result<T> from_json(std::string_view text, Read read) {
    try {
        return read(Json::parse(text));
    } catch (const Json::exception& error) {
        return odd_answer(error.what());
    }
}

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// A boolean, or a text of one; absent = `otherwise`.
bool flag(const Json& object, const char* key, bool otherwise) {
    const auto found = object.find(key);
    if (found == object.end()) return otherwise;
    if (found->is_boolean()) return found->get<bool>();
    return found->is_string() ? same(found->get<std::string>(), "true") : otherwise;
}

std::vector<Column> columns_of(const Json& schema, const char* key) {
    std::vector<Column> columns;
    const auto found = schema.find(key);
    if (found == schema.end()) return columns;
    for (const Json& one : *found) {
        Column column =
            make_column(one.at("name").get<std::string>(), one.at("type").get<std::string>());
        // The REST service and the tunnel use different names for it.
        column.nullable = flag(one, "isNullable", flag(one, "nullable", true));
        columns.push_back(std::move(column));
    }
    return columns;
}

SessionState state_of(std::string_view text) {
    static constexpr std::pair<std::string_view, SessionState> kStates[] = {
        {"initiating", SessionState::kInitiating}, {"normal", SessionState::kNormal},
        {"committing", SessionState::kCommitting}, {"closing", SessionState::kCommitting},
        {"closed", SessionState::kClosed},         {"expired", SessionState::kExpired},
        {"canceled", SessionState::kCanceled},     {"cancelled", SessionState::kCanceled},
    };
    for (const auto& [name, state] : kStates) {
        if (same(name, text)) return state;
    }
    return SessionState::kBroken;
}

const XmlElement* first_task(const XmlElement& instance) {
    const XmlElement* tasks = instance.child("Tasks");
    return tasks ? tasks->child("Task") : nullptr;
}

}  // namespace

std::string_view name_of(SessionState state) {
    switch (state) {
        case SessionState::kInitiating: return "initiating";
        case SessionState::kNormal: return "normal";
        case SessionState::kCommitting: return "committing";
        case SessionState::kClosed: return "closed";
        case SessionState::kExpired: return "expired";
        case SessionState::kCanceled: return "canceled";
        case SessionState::kBroken: break;
    }
    return "broken";
}

Result<Table> read_table(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "Table"));
    return from_json<Table>(xml.text_of("Schema"), [&](const Json& schema) {
        Table table;
        table.name = std::string(xml.text_of("Name"));
        table.is_view = flag(schema, "isVirtualView", false);
        table.columns = columns_of(schema, "columns");
        table.partition_keys = columns_of(schema, "partitionKeys");
        return table;
    });
}

Result<PartitionPage> read_partitions(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "Partitions"));
    PartitionPage page;
    page.next = std::string(xml.text_of("Marker"));
    for (const XmlElement& one : xml.children) {
        if (one.name != "Partition") continue;
        PartitionSpec& spec = page.partitions.emplace_back();
        for (const XmlElement& column : one.children) {
            if (column.name != "Column") continue;
            spec.emplace_back(column.attribute("Name"), column.attribute("Value"));
        }
        if (spec.empty()) return odd_answer("a listed partition has no columns");
    }
    return page;
}

Result<std::string> read_tunnel_address(const HttpAnswer& answer) {
    std::string address(answer.body.view());
    while (!address.empty() && static_cast<unsigned char>(address.back()) <= ' ') {
        address.pop_back();
    }
    const bool odd = address.empty() || address.find_first_of(" <{/\n") != std::string::npos;
    return odd ? Result<std::string>(odd_answer("it is no tunnel address")) : address;
}

Result<std::string> read_instance_id(const HttpAnswer& answer) {
    const std::string_view location = find_header(answer.headers, "location");
    const size_t slash = location.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == location.size()) {
        return odd_answer("a submitted job has no location");
    }
    return std::string(location.substr(slash + 1));
}

Result<bool> read_terminated(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "Instance"));
    return same(xml.text_of("Status"), "Terminated");
}

Result<SqlTask> read_task(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "Instance"));
    const XmlElement* task = first_task(xml);
    if (!task) return odd_answer("a job has no task");
    SqlTask read;
    read.name = std::string(task->text_of("Status"));
    if (same(read.name, "Success")) {
        read.state = SqlState::kDone;
    } else if (same(read.name, "Failed") || same(read.name, "Cancelled")) {
        read.state = SqlState::kFailed;
    }
    return read;
}

Result<std::string> read_sql_result(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "Instance"));
    const XmlElement* task = first_task(xml);
    return task ? std::string(task->text_of("Result")) : std::string();
}

Result<UploadSession> read_upload(const HttpAnswer& answer) {
    return from_json<UploadSession>(answer.body.view(), [](const Json& json) {
        UploadSession session;
        session.id = json.at("UploadID").get<std::string>();
        session.state = state_of(json.at("Status").get<std::string>());
        session.columns = columns_of(json.at("Schema"), "columns");
        session.field_bytes_max = json.value("MaxFieldSize", kFieldBytesMax);
        const auto blocks = json.find("UploadedBlockList");
        if (blocks != json.end()) {
            for (const Json& one : *blocks) {
                session.blocks.push_back(one.at("BlockID").get<uint32_t>());
            }
        }
        std::sort(session.blocks.begin(), session.blocks.end());
        return session;
    });
}

Result<DownloadSession> read_download(const HttpAnswer& answer) {
    return from_json<DownloadSession>(answer.body.view(), [](const Json& json) {
        DownloadSession session;
        session.id = json.at("DownloadID").get<std::string>();
        session.state = state_of(json.at("Status").get<std::string>());
        session.rows = json.value("RecordCount", uint64_t{0});
        const auto schema = json.find("Schema");
        if (schema != json.end()) session.columns = columns_of(*schema, "columns");
        return session;
    });
}

}  // namespace millrace::maxcompute
