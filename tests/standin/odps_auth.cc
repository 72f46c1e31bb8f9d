#include "tests/standin/odps_auth.h"

#include <algorithm>
#include <map>

#include "common/crypto/digest.h"
#include "common/net/url.h"
#include "tests/standin/http_date.h"
#include "tests/standin/odps_error.h"

namespace millrace::standin {
namespace {

constexpr auto kOdpsSkewMax = std::chrono::minutes(15);

std::string decoded(std::string_view text) {
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), '+', ' ');
    return percent_decode(plain);
}

OdpsQuery query_of(const Request& request) {
    OdpsQuery query;
    std::string_view rest = request.query();
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        const size_t equals = std::min(part.find('='), part.size());
        const std::string_view value = part.substr(std::min(equals + 1, part.size()));
        if (!part.empty()) query.emplace_back(decoded(part.substr(0, equals)), decoded(value));
    }
    return query;
}

// Without the endpoint's own path.
std::string_view resource_of(const Request& request) {
    std::string_view path = request.path();
    if (path == "/api" || path.starts_with("/api/")) path.remove_prefix(4);
    return path;
}

std::vector<std::string> segments(std::string_view path) {
    std::vector<std::string> all;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view part = path.substr(0, path.find('/'));
        if (!part.empty()) all.push_back(percent_decode(part));
        path.remove_prefix(part.size());
    }
    return all;
}

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    for (size_t begin = 0; begin <= text.size();) {
        const size_t end = std::min(text.find(at, begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

// The key of v4: "id/yyyyMMdd/region/odps/aliyun_v4_request".
std::string v4_key(const std::vector<std::string>& credential, const std::string& secret) {
    std::string key = hmac_sha256("aliyun_v4" + secret, credential[1]);
    for (size_t i = 2; i < credential.size(); ++i) key = hmac_sha256(key, credential[i]);
    return key;
}

[[noreturn]] void deny(std::string code, std::string message) {
    odps_refuse(401, std::move(code), std::move(message));
}

}  // namespace

bool OdpsTarget::has(std::string_view parameter) const {
    return std::any_of(query.begin(), query.end(),
                       [&](const auto& one) { return one.first == parameter; });
}

std::string OdpsTarget::parameter(std::string_view wanted) const {
    for (const auto& [key, value] : query)
        if (key == wanted) return value;
    return {};
}

OdpsTarget parse_odps_target(const Request& request) {
    OdpsTarget target;
    target.query = query_of(request);
    const std::string_view resource = resource_of(request);
    target.rest = resource.size() < request.path().size();
    std::vector<std::string> path = segments(resource);
    path.resize(8);
    if (path[0] != "projects") {
        target.kind = path[0];
        return target;
    }
    target.project = path[1];
    const size_t at = path[2] == "schemas" ? 4 : 2;
    target.schema = at == 4 ? path[3] : target.parameter("curr_schema");
    if (target.schema == "default") target.schema.clear();
    target.kind = path[at];
    target.name = path[at + 1];
    if (!path[at + 2].empty()) target.kind += '/' + path[at + 2];
    return target;
}

std::string odps_canonical(const Request& request, bool twice) {
    OdpsQuery query = query_of(request);
    if (twice)
        for (auto& [name, value] : query) value = decoded(value);
    std::map<std::string, std::string> lines = {
        {"content-md5", ""}, {"content-type", ""}, {"date", ""}};
    for (const auto& [name, value] : request.headers) {
        const std::string small = lower(name);
        if (small.starts_with("x-odps-"))
            lines[small] = small + ':' + value;
        else if (lines.contains(small))
            lines[small] = value;
    }
    for (const auto& [name, value] : query)
        if (name.starts_with("x-odps-")) lines[name] = name + ':' + value;
    std::string text = request.method + '\n';
    for (const auto& [name, line] : lines) text += line + '\n';
    text += percent_decode(resource_of(request));
    std::stable_sort(query.begin(), query.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0; i < query.size(); ++i) {
        text += (i == 0 ? "?" : "&") + query[i].first;
        if (!query[i].second.empty()) text += '=' + query[i].second;
    }
    return text;
}

void authenticate_odps(const Account& account, const Request& request, TimePoint now) {
    const std::string* sent = request.header("authorization");
    if (!sent || !sent->starts_with("ODPS ")) {
        deny("MissingAuthorization",
             "ODPS-0410031:Authentication request is missing or not of "
             "the form \"ODPS accessId:signature\"");
    }
    const size_t colon = std::min(sent->find(':'), sent->size());
    const auto credential = split(sent->substr(5, colon - 5), '/');
    if (credential[0] != account.access_id)
        deny("Unauthorized", "ODPS-0410051:Invalid credentials - accessKeyId not found");
    if (account.check_skew) {
        const std::string* text = request.header("date");
        const auto date = parse_http_date(text ? *text : "");
        if (!date || *date > now + kOdpsSkewMax || *date < now - kOdpsSkewMax)
            deny("RequestTimeTooSkewed",
                 "The request has expired: expire_date: " + (text ? *text : "none"));
    }
    const bool v4 =
        credential.size() == 5 && credential[3] == "odps" && credential[4] == "aliyun_v4_request";
    if (!v4 && credential.size() != 1)
        deny("InvalidAuthorization", "The credential scope is malformed.");
    const std::string key = v4 ? v4_key(credential, account.access_key) : account.access_key;
    const std::string signature = sent->substr(std::min(colon + 1, sent->size()));
    for (const bool twice : {false, true})
        if (base64(hmac_sha1(key, odps_canonical(request, twice))) == signature) return;
    deny("Unauthorized", "ODPS-0410042:Invalid signature value - User signature dose not match");
}

}  // namespace millrace::standin
