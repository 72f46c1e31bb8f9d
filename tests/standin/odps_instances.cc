#include "tests/standin/odps_actions.h"
#include "tests/standin/odps_sql.h"
#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

OdpsInstance& instance_of(OdpsCall& call) {
    const auto found = call.store.instances.find(call.target.name);
    if (found == call.store.instances.end())
        odps_refuse(404, "NoSuchObject",
                    "ODPS-0420061: Invalid parameter in HTTP request - "
                    "Instance not found");
    return found->second;
}

// The value of a property of the job's <Config>.
std::string property(std::string_view xml, const std::string& name) {
    for (const std::string_view one :
         xml_contents(xml, "Property").value_or(std::vector<std::string_view>()))
        if (xml_value(one, "Name") == name) return xml_value(one, "Value");
    return {};
}

Response answer(const OdpsInstance& instance, const std::string& xml) {
    Response response = odps_xml("<Instance>" + xml + "</Instance>");
    response.headers.emplace_back("x-odps-owner", kOdpsOwner);
    response.headers.emplace_back("x-odps-start-time", odps_date(instance.begun_ms));
    if (instance.polls_left == 0)
        response.headers.emplace_back("x-odps-end-time", odps_date(instance.begun_ms));
    return response;
}

// Says whether it is over; asking brings the end nearer.
bool poll(OdpsInstance& instance) {
    if (instance.polls_left == 0) return true;
    --instance.polls_left;
    return false;
}

std::string in_task(const OdpsInstance& instance, const std::string& xml) {
    return "<Tasks><Task Type=\"SQL\">" + xml_element("Name", instance.task) + xml +
           "</Task></Tasks>";
}

}  // namespace

Response odps_create_instance(OdpsCall& call) {
    const std::string& body = call.request.body;
    const auto jobs = xml_contents(body, "Job");
    const auto tasks = xml_contents(body, "SQL");
    if (!jobs || jobs->size() != 1 || !tasks || tasks->size() != 1)
        odps_refuse(400, "ParseError", "The job must hold one SQL task.");
    OdpsInstance instance;
    const std::string_view task = tasks->front();
    instance.task = xml_value(task, "Name");
    instance.job = "<Job>" + std::string(jobs->front()) + "</Job>";
    instance.begun_ms = call.now_ms;
    instance.polls_left = call.hostility.running_polls;
    const SqlResult result = run_odps_sql(call.store, xml_value(task, "Query"),
                                          property(task, "settings"), call.now_s(), call.id);
    instance.failed = result.failed;
    instance.csv = result.csv;
    instance.result = result.text;
    const std::string id = call.stamped(0) + 'g' + call.id.substr(0, 8);
    call.store.instances[id] = std::move(instance);
    const std::string* host = call.request.header("host");
    Response response;
    response.status = 201;
    response.headers.emplace_back("Location", "http://" + (host ? *host : "127.0.0.1") +
                                                  "/api/projects/" + call.store.project +
                                                  "/instances/" + id);
    return response;
}

Response odps_get_instance(OdpsCall& call) {
    OdpsInstance& instance = instance_of(call);
    const bool over = poll(instance);
    return answer(instance, xml_element("Status", over ? "Terminated" : "Running"));
}

Response odps_get_instance_tasks(OdpsCall& call) {
    OdpsInstance& instance = instance_of(call);
    const bool over = poll(instance);
    const char* status = !over              ? "Running"
                         : instance.stopped ? "Cancelled"
                         : instance.failed  ? "Failed"
                                            : "Success";
    const std::string times = xml_element("StartTime", odps_date(instance.begun_ms)) +
                              xml_element("EndTime", odps_date(instance.begun_ms));
    return answer(instance,
                  xml_element("Status", over ? "Terminated" : "Running") +
                      in_task(instance, times + xml_element("Status", status) + "<Histories/>"));
}

Response odps_get_instance_result(OdpsCall& call) {
    const OdpsInstance& instance = instance_of(call);
    if (instance.polls_left > 0)
        odps_refuse(409, "InvalidStatusSetting", "The instance has not ended.");
    const std::string format = instance.csv ? "csv" : "text";
    return answer(instance,
                  in_task(instance, xml_element("Status", instance.failed ? "Failed" : "Success") +
                                        "<Result Format=\"" + format + "\">" +
                                        xml_text(instance.result) + "</Result>"));
}

Response odps_get_instance_source(OdpsCall& call) {
    Response response;
    response.headers.emplace_back("Content-Type", "application/xml");
    response.set_body(instance_of(call).job);
    return response;
}

Response odps_stop_instance(OdpsCall& call) {
    OdpsInstance& instance = instance_of(call);
    if (instance.polls_left > 0) instance.stopped = true;
    instance.polls_left = 0;
    return {};
}

}  // namespace millrace::standin
