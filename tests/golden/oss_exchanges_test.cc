// The answers of the captured exchanges, read by the product's client code.
#include <filesystem>
#include <functional>
#include <map>

#include "common/net/fake_http.h"
#include "common/services/oss/answers.h"
#include "common/services/oss/reply.h"
#include "tests/golden/oss_golden.h"

namespace millrace::oss {
namespace {

struct Exchange {
    explicit Exchange(const nlohmann::json& one)
        : id(one["id"]), method(one["request"]["method"]), target(one["request"]["target"]) {
        const auto& response = one["response"];
        Headers headers;
        for (const auto& header : response["headers"]) {
            std::string name = header[0];
            for (char& c : name) c = static_cast<char>(std::tolower(c));
            headers.emplace_back(name, header[1]);
        }
        // The body of an answer to a HEAD is recorded, but never was on the wire.
        const std::string body = method == "HEAD" ? "" : golden_body(response["body"]);
        answer = FakeHttp::answer(response["status"], body, std::move(headers));
        bucket = one["auth"]["bucket"];
        key = one["auth"]["key"];
    }
    bool asks(std::string_view name) const {
        const size_t mark = target.find('?');
        if (mark == std::string::npos) return false;
        const std::string query = "&" + target.substr(mark + 1) + "&";
        const std::string bare = "&" + std::string(name);
        return query.find(bare + "&") != std::string::npos ||
               query.find(bare + "=") != std::string::npos;
    }

    std::string id, method, target, bucket, key;
    HttpAnswer answer;
};

void check_error(const Exchange& one) {
    const Status status = status_of(one.answer, "do it");
    EXPECT_FALSE(status.ok()) << one.id;
    if (one.answer.status == 304) return;
    EXPECT_NE(find_error(status.service_code()), nullptr) << one.id << ": " << status.text();
    EXPECT_NE(status.text().find("request id"), std::string::npos) << one.id;
}

// Reads what a good answer holds; the name of the operation, empty when we do not use it.
std::string check_success(const Exchange& one) {
    const HttpAnswer& answer = one.answer;
    EXPECT_TRUE(status_of(answer, "do it").ok()) << one.id;
    if (one.key.empty()) {
        if (one.method == "POST" && one.asks("delete")) {
            const auto keys = read_deleted(answer);
            EXPECT_TRUE(keys.ok()) << one.id;
            return "delete objects";
        }
        if (one.method != "GET" || one.asks("acl") || one.asks("location")) return {};
        if (one.asks("bucketInfo")) {
            EXPECT_EQ(read_bucket_info(answer)->name, one.bucket) << one.id;
            return "bucket info";
        }
        if (one.asks("uploads")) {
            EXPECT_TRUE(read_uploads(answer).ok()) << one.id;
            return "list uploads";
        }
        EXPECT_TRUE(read_objects(answer).ok()) << one.id;
        return one.asks("list-type") ? "list V2" : "list V1";
    }
    if (one.method == "POST" && one.asks("uploads")) {
        EXPECT_EQ(read_upload_id(answer)->size(), 32u) << one.id;
        return "initiate";
    }
    if (one.method == "POST" && one.asks("uploadId")) {
        EXPECT_TRUE(same_etag(*read_completed_etag(answer), etag_of(answer.headers))) << one.id;
        EXPECT_TRUE(crc64_of(answer.headers).has_value()) << one.id;
        return "complete";
    }
    if (one.method == "GET" && one.asks("uploadId")) {
        EXPECT_TRUE(read_parts(answer).ok()) << one.id;
        return "list parts";
    }
    if (one.method == "HEAD") {
        EXPECT_TRUE(read_object_headers(answer).ok()) << one.id;
        return "head";
    }
    if (one.method == "PUT" && !one.answer.body.view().starts_with("<")) {
        EXPECT_FALSE(etag_of(answer.headers).empty()) << one.id;
        EXPECT_TRUE(crc64_of(answer.headers).has_value()) << one.id;
        return one.asks("partNumber") ? "upload part" : "put";
    }
    if (one.method == "GET") return "get";
    return {};
}

TEST(OssExchangesGolden, EveryAnswerIsUnderstood) {
    const std::string folder = golden_dir("oss");
    if (folder.empty()) GTEST_SKIP() << "oss is not there";
    std::map<std::string, size_t> seen;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().filename();
        if (!file.starts_with("exchanges-")) continue;
        for (const auto& one : read_golden_oss(file)) {
            // Of long bodies only the length is recorded.
            const auto& body = one["response"]["body"];
            if (body["length"] != 0 && body.size() == 2) continue;
            const Exchange exchange(one);
            if (exchange.answer.status < 300) {
                ++seen[check_success(exchange)];
            } else {
                check_error(exchange);
                ++seen["error"];
            }
        }
    }
    for (const char* operation :
         {"bucket info", "put", "get", "head", "initiate", "upload part", "complete", "list parts",
          "list uploads", "list V1", "list V2", "delete objects", "error"}) {
        EXPECT_GT(seen[operation], 0u) << operation;
    }
}

TEST(OssExchangesGolden, ListedKeysAreDecoded) {
    MILLRACE_GOLDEN_OSS(vectors, "exchanges-pyv2-v1-vh.json");
    for (const auto& one : vectors) {
        const Exchange exchange(one);
        if (exchange.id != "pyv2-v1-vh/cleanup/1") continue;
        const auto page = read_objects(exchange.answer);
        ASSERT_TRUE(page.ok());
        ASSERT_EQ(page->objects.size(), 16u);
        EXPECT_EQ(page->objects[0].key, "conf-pyv2/a b+中.txt");
        EXPECT_EQ(page->objects[0].length, 11u);
        EXPECT_EQ(page->objects[0].etag, "5EB63BBBE01EEED093CB22BB8F5ACDC3");
        EXPECT_FALSE(page->next.has_value());
        return;
    }
    FAIL() << "the exchange is not there";
}

}  // namespace
}  // namespace millrace::oss
