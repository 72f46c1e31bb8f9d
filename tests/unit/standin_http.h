// The stand-in cloud as an HttpClient, without sockets: what a test sends is answered in submit().
#pragma once

#include <functional>

#include "common/net/fake_http.h"
#include "tests/standin/service.h"

namespace millrace {

// May change an answer, or replace it by a failure; null = the answer as it is.
using AnswerHook = std::function<Result<HttpAnswer>(const HttpRequest&, HttpAnswer)>;

// A handler for FakeHttp. `service` and `hook` outlive it.
inline FakeHttp::Handler standin_handler(standin::Service& service, const AnswerHook& hook) {
    return [&](const HttpRequest& request) -> Result<HttpAnswer> {
        standin::Request sent;
        sent.method = name_of(request.method);
        const size_t host = request.url.find("://") + 3;
        const size_t slash = request.url.find('/', host);
        sent.target = request.url.substr(slash);
        sent.headers = request.headers;
        sent.headers.emplace_back("Host", request.url.substr(host, slash - host));
        sent.body = std::string(request.body);
        const standin::Response response = service.handle(sent);
        Headers headers = response.headers;
        for (auto& [name, value] : headers) name = standin::lower(name);
        headers.emplace_back("content-length", std::to_string(response.view().size()));
        const bool head = request.method == Method::kHead;
        HttpAnswer answer = FakeHttp::answer(response.status, head ? "" : response.view(), headers);
        if (hook) return hook(request, std::move(answer));
        return answer;
    };
}

}  // namespace millrace
