// An API over FakeOperations behind a real socket, and a client for it.
#pragma once

#include <gtest/gtest.h>

#include "common/net/curl_client.h"
#include "coordinator/api/api.h"
#include "coordinator/api/messages.h"
#include "tests/unit/coordinator/api/fake_operations.h"

namespace millrace::api {

struct Answer {
    int status = 0;
    Headers headers;
    std::string text;
    nlohmann::json body;
    std::string header(std::string_view name) const {
        return std::string(find_header(headers, name));
    }
};

class ApiFixture : public testing::Test {
  protected:
    explicit ApiFixture(const std::string& token = "")
        : api_({operations_, registry_, clock_, Secret(token)}) {
        auto server = serve({"127.0.0.1", 0}, api_);
        EXPECT_TRUE(server.ok()) << server.status().text();
        server_ = *std::move(server);
    }

    Answer ask(Method method, const std::string& path, const std::string& body = "",
               Headers headers = {}) {
        if (!body.empty() && find_header(headers, "content-type").empty())
            headers.emplace_back("Content-Type", "application/json");
        HttpRequest request;
        request.method = method;
        request.url = server_->url() + path;
        request.headers = std::move(headers);
        request.body = body;
        const Result<HttpAnswer> answer = http_.wait(http_.submit(std::move(request)));
        if (!answer.ok()) {
            ADD_FAILURE() << answer.status().text();
            return {};
        }
        Answer found{answer->status, answer->headers, std::string(answer->body.view()), {}};
        if (find_header(answer->headers, "content-type").find("json") != std::string_view::npos)
            found.body = nlohmann::json::parse(found.text, nullptr, false);
        return found;
    }

    SystemClock clock_;
    FakeOperations operations_;
    Registry registry_;
    CurlClient http_{clock_};
    Api api_;
    std::unique_ptr<HttpServer> server_;
};

}  // namespace millrace::api
