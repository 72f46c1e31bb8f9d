#include "common/services/maxcompute/request.h"

#include "common/net/http_date.h"

namespace millrace::maxcompute {
namespace {

std::string url_of(const Endpoint& service, const std::string& path, const Query& query) {
    std::string url = service.origin() + service.path + percent_encode(path, true);
    char separator = '?';
    for (const auto& [name, value] : query) {
        url += std::exchange(separator, '&');
        url += percent_encode(name, false);
        if (!value.empty()) url += "=" + percent_encode(value, false);
    }
    return url;
}

}  // namespace

std::string project_path(const Config& config) {
    return "/projects/" + config.project;
}

std::string table_path(const Config& config, std::string_view table) {
    std::string path = project_path(config);
    if (!config.schema.empty()) path += "/schemas/" + config.schema;
    return path.append("/tables/").append(table);
}

HttpRequest to_http(const Config& config, const Endpoint& service, const Request& request,
                    TimePoint now) {
    Query query = request.query;
    query.emplace_back("curr_project", config.project);
    if (!config.schema.empty()) query.emplace_back("curr_schema", config.schema);
    HttpRequest http;
    http.method = request.method;
    http.url = url_of(service, request.path, query);
    http.headers = request.headers;
    http.headers.emplace_back("Date", to_http_date(now));
    http.headers.emplace_back("x-odps-user-agent", "millrace");
    if (!config.sts_token.empty()) {
        http.headers.emplace_back("authorization-sts-token", config.sts_token.reveal());
    }
    http.body = request.body;
    http.timeouts = request.timeouts;
    const std::string text =
        string_to_sign({name_of(request.method), request.path, query, http.headers});
    http.headers.emplace_back(
        "Authorization",
        authorization({config.access_id, config.access_key, config.region}, text, now));
    return http;
}

}  // namespace millrace::maxcompute
