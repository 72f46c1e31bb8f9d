// A MaxCompute project of the stand-in cloud for tests of what reads it, without sockets.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/record_writer.h"
#include "tests/standin/odps_service.h"
#include "tests/unit/standin_http.h"

namespace millrace::test {

class OdpsCloud {
  public:
    using PutRow = std::function<void(maxcompute::RecordWriter&, uint64_t row)>;

    static OdpsAddress address() {
        OdpsAddress made;
        made.endpoint = "http://127.0.0.1:9000/api";
        made.project = "demo";
        made.access_id = "testid";
        made.access_key = Secret("testsecret");
        return made;
    }
    static maxcompute::Config config() { return *maxcompute::make_config(address()); }

    void sql(const std::string& text) {
        const auto done = client.run_sql("set odps.sql.type.system.odps2=true; " + text);
        EXPECT_TRUE(done.ok()) << done.status().text();
    }
    // Adds rows, or replaces those that are there. The partition must exist.
    void write(const maxcompute::Place& place, uint64_t rows, const PutRow& put,
               bool overwrite = false) {
        const auto session = client.create_upload(place, {.overwrite = overwrite});
        ASSERT_TRUE(session.ok()) << session.status().text();
        Buffer bytes;
        maxcompute::RecordWriter writer(bytes);
        for (uint64_t row = 0; row < rows; ++row) {
            writer.begin_record();
            put(writer, row);
            writer.end_record();
        }
        writer.end_stream();
        ASSERT_TRUE(client.put_block(place, session->id, 0, bytes.view()).ok());
        ASSERT_TRUE(client.commit_upload(place, session->id).ok());
    }
    // "expired" or "gone": what becomes of all download sessions.
    void end_downloads(const std::string& how) {
        nlohmann::json answer;
        service->administer("POST /odps/sessions", {{"downloads", how}}, answer);
    }

    FakeClock clock;
    FakeRandom random;
    standin::Hostility hostility;
    standin::ServerClock server_clock{clock};
    std::unique_ptr<standin::Service> service = standin::make_odps_service(
        {"testid", "testsecret", true}, "demo", server_clock, [this] { return hostility; }, 1);
    AnswerHook hook;                    // may change answers
    std::vector<std::string> requests;  // their addresses

  private:
    FakeHttp::Handler handler_ = standin_handler(*service, hook);

  public:
    FakeHttp http{[this](const HttpRequest& request) {
        requests.push_back(request.url);
        return handler_(request);
    }};
    CallContext context{http, clock, random, {}, {}};
    maxcompute::Client client{context, config()};
};

}  // namespace millrace::test
