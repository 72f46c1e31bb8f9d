#include <nlohmann/json.hpp>

#include "tests/standin/http_date.h"
#include "tests/standin/odps_actions.h"
#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

Response unknown(OdpsCall& call) {
    if (!call.target.rest) odps_refuse(400, "InvalidArgument", "The stand-in has no such call.");
    odps_refuse(404, "NoSuchObject", "no such path");
}

Response put_logs(OdpsCall&) {
    return {};
}

Response create_authorization(OdpsCall& call) {
    return odps_xml("<Authorization>" + xml_element("Result", call.id) + "</Authorization>");
}

std::string instance_action(const Request& request, const OdpsTarget& target) {
    if (target.name.empty()) return request.method == "POST" ? "CreateInstance" : "Unknown";
    if (request.method == "PUT") return "StopInstance";
    if (request.method != "GET") return "Unknown";
    if (target.has("taskstatus")) return "GetInstanceTasks";
    if (target.has("result")) return "GetInstanceResult";
    return target.has("source") ? "GetInstanceSource" : "GetInstance";
}

std::string rest_action(const Request& request, const OdpsTarget& target) {
    const std::string &method = request.method, &kind = target.kind;
    if (target.project.empty()) return "Unknown";
    if (kind == "instances") return instance_action(request, target);
    if (kind == "logs" && method == "PUT") return "PutLogs";
    if (kind == "authorization" && method == "POST") return "CreateAuthorization";
    if (method != "GET") return "Unknown";
    if (kind.empty()) return "GetProject";
    if (kind == "tunnel") return "GetTunnel";
    if (kind != "tables") return "Unknown";
    if (target.name.empty()) return "ListTables";
    if (target.has("partitions")) return "ListPartitions";
    return target.has("partition") ? "GetPartition" : "GetTable";
}

std::string tunnel_action(const Request& request, const OdpsTarget& target) {
    if (target.kind == "tables/preview" && request.method == "GET") return "PreviewTable";
    if (target.kind != "tables" || target.name.empty()) return "Unknown";
    if (request.method == "POST") {
        if (target.has("uploads")) return "CreateUpload";
        if (target.has("downloads")) return "CreateDownload";
        if (target.has("uploadid")) return "CommitUpload";
    }
    if (request.method == "PUT" && target.has("uploadid")) return "PutBlock";
    if (request.method == "GET") {
        if (target.has("data")) return "ReadDownload";
        if (target.has("uploadid")) return "GetUpload";
        if (target.has("downloadid")) return "GetDownload";
    }
    return "Unknown";
}

}  // namespace

const std::map<std::string, OdpsAction>& odps_actions() {
    static const std::map<std::string, OdpsAction> actions = {
        {"CommitUpload", odps_commit_upload},
        {"CreateAuthorization", create_authorization},
        {"CreateDownload", odps_create_download},
        {"CreateInstance", odps_create_instance},
        {"CreateUpload", odps_create_upload},
        {"GetDownload", odps_get_download},
        {"GetInstance", odps_get_instance},
        {"GetInstanceResult", odps_get_instance_result},
        {"GetInstanceSource", odps_get_instance_source},
        {"GetInstanceTasks", odps_get_instance_tasks},
        {"GetPartition", odps_get_partition},
        {"GetProject", odps_get_project},
        {"GetTable", odps_get_table},
        {"GetTunnel", odps_get_tunnel},
        {"GetUpload", odps_get_upload},
        {"ListPartitions", odps_list_partitions},
        {"ListTables", odps_list_tables},
        {"PreviewTable", odps_preview_table},
        {"PutBlock", odps_put_block},
        {"PutLogs", put_logs},
        {"ReadDownload", odps_read_download},
        {"StopInstance", odps_stop_instance},
        {"Unknown", unknown},
    };
    return actions;
}

std::string odps_action_name(const Request& request, const OdpsTarget& target) {
    return target.rest ? rest_action(request, target) : tunnel_action(request, target);
}

std::string OdpsCall::stamped(size_t digits) const {
    const auto now =
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(now_ms));
    std::string stamp = to_compact(now);  // "20261121T100000000"
    stamp.erase(8, 1);
    return stamp + id.substr(0, digits);
}

Response odps_xml(std::string xml) {
    Response response;
    response.headers.emplace_back("Content-Type", "application/xml");
    response.set_body("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + std::move(xml));
    return response;
}

Response odps_json(const nlohmann::ordered_json& json) {
    Response response;
    response.headers.emplace_back("Content-Type", "application/json");
    response.set_body(json.dump());
    return response;
}

Response odps_error(const OdpsTarget& target, const std::string& id, const OdpsError& error) {
    Response response =
        target.rest
            ? odps_xml("<Error>" + xml_element("Code", error.code) +
                       xml_element("Message", error.message) + xml_element("RequestId", id) +
                       xml_element("HostId", "127.0.0.1") + "</Error>")
            : odps_json({{"Code", error.code}, {"Message", error.message}, {"RequestId", id}});
    response.status = error.status;
    return response;
}

std::string odps_date(int64_t ms) {
    return http_date(TimePoint(std::chrono::milliseconds(ms)));
}

}  // namespace millrace::standin
