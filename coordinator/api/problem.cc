#include "coordinator/api/problem.h"

#include <algorithm>
#include <array>

namespace millrace::api {
namespace {

using nlohmann::json;

struct Meaning {
    Code code;
    int status;
};

// What has no line here is 500: the caller can do nothing about it.
constexpr std::array kMeanings = {
    Meaning{Code::kNotFound, 404},   Meaning{Code::kFatal, 409},  Meaning{Code::kDirtyRecord, 409},
    Meaning{Code::kCancelled, 409},  Meaning{Code::kConfig, 422}, Meaning{Code::kUnreachable, 503},
    Meaning{Code::kLedgerLost, 503}, Meaning{Code::kFenced, 503}, Meaning{Code::kThrottled, 503},
    Meaning{Code::kRetry, 503},
};

const char* title_of(int status) {
    switch (status) {
        case 400: return "The request cannot be understood";
        case 401: return "A token is needed";
        case 403: return "The request is not allowed";
        case 404: return "There is no such thing";
        case 405: return "The method does not fit";
        case 409: return "The state does not allow it";
        case 413: return "The body is too long";
        case 415: return "The body is not JSON";
        case 422: return "Something must be changed first";
        case 503: return "Not now";
        default: return "The coordinator failed";
    }
}

// Texts from outside may hold bytes that are no UTF-8.
std::string text_of(const json& content) {
    return content.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string member(const json& body, const char* name) {
    const auto found = body.is_object() ? body.find(name) : body.end();
    return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

ServerResponse json_answer(int status, const json& content) {
    ServerResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
    response.set_body(text_of(content) + "\n");
    return response;
}

ServerResponse problem(int status, std::string_view code, const std::string& detail) {
    ServerResponse response =
        json_answer(status, {{"type", "urn:millrace:problem:" + std::string(code)},
                             {"title", title_of(status)},
                             {"status", status},
                             {"detail", detail},
                             {"code", code}});
    response.headers[0].second = "application/problem+json";
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (status == 503) response.headers.emplace_back("Retry-After", "2");
    return response;
}

ServerResponse problem(const Status& why) {
    const auto found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                    [&](const Meaning& one) { return one.code == why.code(); });
    return problem(found == kMeanings.end() ? 500 : found->status, name_of(why.code()), why.text());
}

Status status_of_answer(int status, std::string_view body) {
    if (status >= 200 && status < 300) return {};
    const json content = json::parse(body, nullptr, false);
    std::string text = member(content, "detail");
    if (text.empty()) text = "the coordinator answered with HTTP status " + std::to_string(status);
    const std::string code = member(content, "code");
    for (const Meaning& one : kMeanings) {
        if (status == one.status && (code.empty() || code == name_of(one.code)))
            return Status(one.code, text);
    }
    // What the caller of the API did wrong, and what stands between us and the coordinator.
    if (status >= 400 && status < 500) return config_error(text);
    if (status == 502 || status == 503 || status == 504) return Status(Code::kUnreachable, text);
    return fatal_error(text);
}

}  // namespace millrace::api
