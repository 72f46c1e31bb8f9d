#include "tests/standin/http_server.h"

#include <gtest/gtest.h>

#include <curl/curl.h>

namespace millrace::standin {
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

std::unique_ptr<HttpServer> serve(Handler handler) {
    auto server = HttpServer::create(0, std::move(handler));
    EXPECT_TRUE(server.ok()) << server.status().text();
    return *std::move(server);
}

TEST(HttpServer, GivesTheRawTargetTheHeadersInOrderAndTheWholeBody) {
    Request seen;
    const auto server = serve([&](const Request& request) {
        seen = request;
        Response response;
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
    const auto server = serve([](const Request& request) {
        Response response;
        if (request.path() == "/slow") response.delay = std::chrono::milliseconds(50);
        response.set_body("done");
        return response;
    });
    EXPECT_EQ(post(server->url() + "/slow", "").body, "done");
    EXPECT_EQ(post(server->url() + "/fast", "").body, "done");
}

TEST(HttpServer, BreaksAnswersWhenTold) {
    const auto server = serve([](const Request& request) {
        Response response;
        response.set_body(std::string(1 << 20, 'y'));
        response.end =
            request.path() == "/reset" ? Response::End::kReset : Response::End::kTruncated;
        return response;
    });
    const Answer reset = post(server->url() + "/reset", "body");
    EXPECT_TRUE(reset.code == CURLE_RECV_ERROR || reset.code == CURLE_GOT_NOTHING);
    const Answer truncated = post(server->url() + "/truncated", "body");
    EXPECT_EQ(truncated.code, CURLE_PARTIAL_FILE);
    EXPECT_EQ(truncated.body.size(), size_t{1} << 19);
}

}  // namespace
}  // namespace millrace::standin
