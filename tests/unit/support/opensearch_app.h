// A fixture: one application of the stand-in's OpenSearch and a client of it.
#pragma once

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/services/opensearch/client.h"
#include "tests/standin/opensearch_service.h"
#include "tests/unit/standin_http.h"

namespace millrace {

class OpenSearchAppTest : public ::testing::Test {
  protected:
    explicit OpenSearchAppTest(std::string edition = "advanced")
        : service_(standin::make_opensearch_service(
              {"testid", "testsecret", true},
              {.name = "testapp",
               .edition = std::move(edition),
               .tables = standin::parse_opensearch_tables("main:id")},
              server_clock_)) {}

    static opensearch::Settings settings() {
        return {.host = "http://127.0.0.1:9000",
                .app = "testapp",
                .table = "main",
                .access_id = "testid",
                .access_key = Secret("testsecret"),
                .sts_token = {}};
    }
    // Requests whose URL holds `text`.
    size_t sent(std::string_view text) const {
        size_t count = 0;
        for (const std::string& url : urls_) count += url.find(text) != std::string::npos;
        return count;
    }
    // What the service answers when it fails for once.
    Result<HttpAnswer> failure(int status, int number) {
        const standin::Response response =
            service_->failure({}, status, std::to_string(number), "said with a document");
        return FakeHttp::answer(response.status, response.view());
    }

    FakeClock clock_{TimePoint(std::chrono::seconds(1'795'255'200))};  // 2026-11-21T10:00:00Z
    FakeClock server_{TimePoint(std::chrono::seconds(1'795'255'200))};
    FakeRandom random_;
    standin::ServerClock server_clock_{server_};
    std::unique_ptr<standin::Service> service_;
    AnswerHook hook_;
    // May answer in the service's place: nothing is applied then.
    std::function<std::optional<Result<HttpAnswer>>(const HttpRequest&)> before_;
    std::vector<std::string> urls_, bodies_;
    std::vector<Headers> headers_;
    FakeHttp::Handler handler_ = standin_handler(*service_, hook_);
    FakeHttp http_{[this](const HttpRequest& request) {
        urls_.push_back(request.url);
        bodies_.emplace_back(request.body);
        headers_.push_back(request.headers);
        if (before_) {
            if (auto answer = before_(request)) return *std::move(answer);
        }
        return handler_(request);
    }};
    CallContext context_{http_, clock_, random_, {}, {}};
    opensearch::Client client_{context_, *opensearch::make_config(settings())};
};

}  // namespace millrace
