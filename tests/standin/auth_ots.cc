#include "tests/standin/auth_ots.h"

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>

#include "common/crypto/digest.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

constexpr std::chrono::minutes kOtsSkewMax(15);

std::string trim(const std::string& text) {
    const size_t from = text.find_first_not_of(" \t"), to = text.find_last_not_of(" \t");
    return from == std::string::npos ? "" : text.substr(from, to - from + 1);
}

// The x-ots headers in signing order, without the signatures themselves.
std::map<std::string, std::string> signed_headers(const Headers& headers) {
    std::map<std::string, std::string> chosen;
    for (const auto& [name, value] : headers) {
        const std::string small = lower(name);
        if (small.starts_with("x-ots-") && small != "x-ots-signature" &&
            small != "x-ots-signaturev4")
            chosen[small] = trim(value);
    }
    return chosen;
}

std::string lines(const std::map<std::string, std::string>& headers) {
    std::string text;
    for (const auto& [name, value] : headers) text += name + ':' + value + '\n';
    return text;
}

[[noreturn]] void deny(std::string message) {
    refuse_with(403, "OTSAuthFailed", std::move(message));
}

const std::string& need(const Request& request, const char* name) {
    const std::string* value = request.header(name);
    if (!value) refuse_parameter(std::string("Missing header: ") + name + ".");
    return *value;
}

// "2026-11-20T18:13:36.11205Z" with any number of fraction digits, or the RFC 1123 form of the
// API before 2015.
std::optional<TimePoint> parse_date(const std::string& text) {
    tm parts{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest) {
        if (*rest == '.')
            for (++rest; *rest >= '0' && *rest <= '9';) ++rest;
        if (std::string_view(rest) != "Z") return std::nullopt;
    } else {
        parts = tm{};
        rest = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        if (!rest || *rest) return std::nullopt;
    }
    return TimePoint(std::chrono::seconds(timegm(&parts)));
}

void check_date(const Request& request, TimePoint now) {
    const std::string& text = need(request, "x-ots-date");
    const auto date = parse_date(text);
    if (!date) refuse_parameter("Invalid date format: " + text + ".");
    if (*date > now + kOtsSkewMax || *date < now - kOtsSkewMax)
        deny("Mismatch between system time and x-ots-date: " + text + ".");
}

bool is_v4(const Request& request) {
    return request.header("x-ots-signaturev4") != nullptr;
}

std::string v4_key(const Request& request, const std::string& secret) {
    const std::string* date = request.header("x-ots-signdate");
    const std::string* region = request.header("x-ots-signregion");
    std::string key = hmac_sha256("aliyun_v4" + secret, date ? trim(*date) : "");
    key = hmac_sha256(key, region ? trim(*region) : "");
    return base64(hmac_sha256(hmac_sha256(key, "ots"), "aliyun_v4_request"));
}

void check_signature(const Request& request, const std::string& key) {
    std::string text =
        '/' + ots_action(request) + "\nPOST\n\n" + lines(signed_headers(request.headers));
    std::string expected;
    if (is_v4(request)) {
        need(request, "x-ots-signdate");
        need(request, "x-ots-signregion");
        expected = base64(hmac_sha256(key, text += "ots"));
    } else {
        expected = base64(hmac_sha1(key, text));
    }
    const std::string& given =
        need(request, is_v4(request) ? "x-ots-signaturev4" : "x-ots-signature");
    if (trim(given) != expected) deny("Signature mismatch.");
}

}  // namespace

std::string ots_action(const Request& request) {
    std::string_view path = request.path();
    while (path.starts_with('/')) path.remove_prefix(1);
    return std::string(path);
}

OtsCaller ots_caller(const Request& request, const Account& account) {
    const std::string* id = request.header("x-ots-accesskeyid");
    if (!id || trim(*id) != account.access_id) return {};
    return {account.access_id,
            is_v4(request) ? v4_key(request, account.access_key) : account.access_key};
}

void authenticate(const Request& request, const Account& account, const std::string& instance,
                  TimePoint now) {
    if (request.method != "POST")
        refuse_with(405, "OTSMethodNotAllowed", "Only POST method for requests is supported.");
    if (account.check_skew) check_date(request, now);
    need(request, "x-ots-apiversion");
    need(request, "x-ots-accesskeyid");
    const std::string& wanted = need(request, "x-ots-instancename");
    if (trim(need(request, "x-ots-contentmd5")) != base64(md5(request.body)))
        deny("Mismatch between MD5 value of request body and x-ots-contentmd5 in header.");
    const OtsCaller caller = ots_caller(request, account);
    if (caller.key_id.empty()) deny("The AccessKeyID does not exist.");
    check_signature(request, caller.signing_key);
    if (trim(wanted) != instance) deny("The instance is not found.");
}

void sign_answer(Response& response, const std::string& action, const OtsCaller& caller,
                 const std::string& request_id, TimePoint date) {
    const auto is_md5 = [](const auto& header) { return header.first == "x-ots-contentmd5"; };
    if (std::none_of(response.headers.begin(), response.headers.end(), is_md5))
        response.headers.emplace_back("x-ots-contentmd5", base64(md5(response.view())));
    response.headers.emplace_back("x-ots-contenttype", "protocol buffer");
    response.headers.emplace_back("x-ots-requestid", request_id);
    response.headers.emplace_back("x-ots-date", to_iso8601(date));
    if (caller.signing_key.empty()) return;
    const std::string text = lines(signed_headers(response.headers)) + '/' + action;
    response.headers.emplace_back("Authorization", "OTS " + caller.key_id + ':' +
                                                       base64(hmac_sha1(caller.signing_key, text)));
}

}  // namespace millrace::standin
