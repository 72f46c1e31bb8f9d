#include "common/net/http_server.h"

#include <gtest/gtest.h>

#include <curl/curl.h>

#include <atomic>
#include <future>

namespace millrace {
namespace {

size_t collect(char* data, size_t, size_t size, void* to) {
    static_cast<std::string*>(to)->append(data, size);
    return size;
}

struct Answer {
    CURLcode code;
    long status = 0;
    std::string body;
};

Answer post(const std::string& url, const std::string& body, bool chunked = false) {
    Answer answer{};
    CURL* curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_slist* headers = curl_slist_append(nullptr, "X-One: 1");
    headers = curl_slist_append(headers, "x-Two: 2");
    if (chunked) headers = curl_slist_append(headers, "Transfer-Encoding: chunked");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    answer.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return answer;
}

std::unique_ptr<HttpServer> serve(ServerHandler handler) {
    auto server = HttpServer::create({}, std::move(handler));
    EXPECT_TRUE(server.ok()) << server.status().text();
    return *std::move(server);
}

TEST(HttpServer, GivesTheRawTargetTheHeadersInOrderAndTheWholeBody) {
    ServerRequest seen;
    const auto server = serve([&](const ServerRequest& request) {
        seen = request;
        ServerResponse response;
        response.status = 418;
        response.set_body("short");
        return response;
    });
    const std::string large(3 << 20, 'x');
    for (const bool chunked : {false, true}) {
        const Answer answer = post(server->url() + "/b/a%20b%2Fc?uploads&x=%41", large, chunked);
        EXPECT_EQ(answer.status, 418);
        EXPECT_EQ(answer.body, "short");
        EXPECT_EQ(seen.method, "POST");
        EXPECT_EQ(seen.target, "/b/a%20b%2Fc?uploads&x=%41");
        EXPECT_EQ(seen.path(), "/b/a%20b%2Fc");
        EXPECT_EQ(seen.query(), "uploads&x=%41");
        EXPECT_EQ(seen.body, large);
        ASSERT_TRUE(seen.header("x-one"));
        EXPECT_EQ(*seen.header("X-TWO"), "2");
    }
}

TEST(HttpServer, DelaysWithoutBlockingOthers) {
    const auto server = serve([](const ServerRequest& request) {
        ServerResponse response;
        if (request.path() == "/slow") response.delay = std::chrono::milliseconds(50);
        response.set_body("done");
        return response;
    });
    EXPECT_EQ(post(server->url() + "/slow", "").body, "done");
    EXPECT_EQ(post(server->url() + "/fast", "").body, "done");
}

TEST(HttpServer, BreaksAnswersWhenTold) {
    const auto server = serve([](const ServerRequest& request) {
        ServerResponse response;
        response.set_body(std::string(1 << 20, 'y'));
        response.end = request.path() == "/reset" ? ServerResponse::End::kReset
                                                  : ServerResponse::End::kTruncated;
        return response;
    });
    const Answer reset = post(server->url() + "/reset", "body");
    EXPECT_TRUE(reset.code == CURLE_RECV_ERROR || reset.code == CURLE_GOT_NOTHING);
    const Answer truncated = post(server->url() + "/truncated", "body");
    EXPECT_EQ(truncated.code, CURLE_PARTIAL_FILE);
    EXPECT_EQ(truncated.body.size(), size_t{1} << 19);
}

TEST(HttpServer, AsksAgainAfterAWhile) {
    std::atomic<int> asked = 0;
    std::function<ServerResponse()> look = [&] {
        ServerResponse response;
        response.set_body("look " + std::to_string(++asked));
        if (asked < 3) {
            response.delay = std::chrono::milliseconds(5);
            response.later = look;
        }
        return response;
    };
    const auto server = serve([&](const ServerRequest&) { return look(); });
    EXPECT_EQ(post(server->url(), "").body, "look 3");
}

TEST(HttpServer, WhoeverWaitsGetsTheAnswerThatIsThereWhenTheServerEnds) {
    std::promise<void> waits;
    std::function<ServerResponse()> look = [&] {
        ServerResponse response;
        response.set_body("nothing yet");
        response.delay = std::chrono::hours(1);
        response.later = look;
        waits.set_value();
        return response;
    };
    auto server = serve([&](const ServerRequest&) { return look(); });
    auto answer = std::async(std::launch::async, [url = server->url()] { return post(url, ""); });
    waits.get_future().wait();
    server.reset();
    EXPECT_EQ(answer.get().body, "nothing yet");
}

TEST(HttpServer, DropsBodiesThatAreTooLong) {
    size_t seen = 0;
    auto server = HttpServer::create({.body_bytes_max = 1000}, [&](const ServerRequest& request) {
        seen = request.body.size();
        ServerResponse response;
        response.status = request.body_too_long ? 413 : 200;
        return response;
    });
    ASSERT_TRUE(server.ok());
    for (const bool chunked : {false, true}) {
        EXPECT_EQ(post((*server)->url(), std::string(1000, 'x'), chunked).status, 200);
        EXPECT_EQ(seen, 1000u);
        EXPECT_EQ(post((*server)->url(), std::string(1001, 'x'), chunked).status, 413);
        EXPECT_EQ(seen, 0u);
    }
    EXPECT_EQ(post((*server)->url(), std::string(1 << 20, 'x'), true).status, 0);
}

TEST(HttpServer, SaysWhereItCannotListen) {
    const auto server = serve([](const ServerRequest&) { return ServerResponse(); });
    const auto second = HttpServer::create({.port = server->port()}, {});
    EXPECT_EQ(second.status().code(), Code::kConfig);
    EXPECT_NE(second.status().text().find(std::to_string(server->port())), std::string::npos);
    EXPECT_EQ(HttpServer::create({.host = "no.such.host"}, {}).status().code(), Code::kConfig);
    const auto v6 =
        HttpServer::create({.host = "::1"}, [](const ServerRequest&) { return ServerResponse(); });
    if (!v6.ok()) return;  // a machine without IPv6
    EXPECT_EQ(post((*v6)->url(), "").status, 200);
}

}  // namespace
}  // namespace millrace
