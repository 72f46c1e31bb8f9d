// A fixture: one bucket of the stand-in and a client of it.
#pragma once

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/services/oss/client.h"
#include "tests/standin/oss_service.h"
#include "tests/unit/standin_http.h"

namespace millrace {

class OssBucketTest : public ::testing::Test {
  protected:
    static oss::Settings settings() {
        oss::Settings settings;
        settings.endpoint = "http://127.0.0.1:9000";
        settings.bucket = "examplebucket";
        settings.access_id = "testid";
        settings.access_key = Secret("testsecret");
        settings.region = "cn-hangzhou";
        return settings;
    }
    oss::Client client_with(const oss::Settings& with) {
        const Result<oss::Config> config = oss::make_config(with);
        EXPECT_TRUE(config.ok()) << config.status().text();
        return oss::Client(context_, *config);
    }
    // Requests of that method whose URL holds `text`.
    size_t sent(Method method, std::string_view text) const {
        size_t count = 0;
        for (const auto& [m, url] : requests_) {
            count += m == method && url.find(text) != std::string::npos ? 1 : 0;
        }
        return count;
    }

    FakeClock clock_;
    FakeRandom random_;
    standin::ServerClock server_clock_{clock_};
    std::unique_ptr<standin::Service> service_ = standin::make_oss_service(
        {"testid", "testsecret", true}, "examplebucket", server_clock_, 1);
    AnswerHook hook_;
    std::vector<std::pair<Method, std::string>> requests_;
    FakeHttp::Handler handler_ = standin_handler(*service_, hook_);
    FakeHttp http_{[this](const HttpRequest& request) {
        requests_.emplace_back(request.method, request.url);
        return handler_(request);
    }};
    CallContext context_{http_, clock_, random_, {}, {}};
    oss::Client client_ = client_with(settings());
};

}  // namespace millrace
