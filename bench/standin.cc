#include "bench/standin.h"

#include <nlohmann/json.hpp>

#include "bench/measure.h"
#include "bench/records.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/net/curl_client.h"
#include "common/services/tablestore/client.h"

namespace millrace::bench {

using nlohmann::json;

namespace {

constexpr int64_t kSpanMs = 3'600'000;

Status post(HttpClient& http, const std::string& url, const json& body) {
    const std::string text = body.dump();
    HttpRequest request;
    request.method = Method::kPost;
    request.url = url;
    request.body = text;
    const Result<HttpAnswer> answer = http.wait(http.submit(std::move(request)));
    if (!answer.ok()) return answer.status();
    if (answer->status == 200) return {};
    return fatal_error(url + " answered " + std::string(answer->body.view()));
}

json fill_of(uint64_t records, int64_t from_ms) {
    std::vector<std::string> contents, names, phones;
    for (uint64_t n = 0; n < 64; ++n) {
        contents.push_back(content_text(n));
        names.push_back("Name " + std::to_string(100'000'000 + n));
        phones.push_back("139" + std::to_string(10'000'000 + n));
    }
    return {{"table", "user_info"},
            {"changes", records},
            {"from_ms", from_ms},
            {"to_ms", from_ms + kSpanMs},
            {"seed", 1},
            {"mix", {{"put", 1}, {"update", 0}, {"delete", 0}}},
            {"keys", records},
            {"columns", {"name", "phone_number", "content"}},
            {"texts", {{"name", names}, {"phone_number", phones}, {"content", contents}}}};
}

}  // namespace

Result<Standin> Standin::start(uint64_t records) {
    Standin made;
    MILLRACE_ASSIGN(made.program,
                    Background::start({own_folder() + "/millrace-standin", "--calm", "--access-id",
                                       kAccessId, "--access-key", kAccessKey, "--instance",
                                       "school", "--bucket", "school-backup"}));
    const json ready = json::parse(made.program->first_line(), nullptr, false);
    if (!ready.is_object()) return fatal_error("the stand-in said no JSON line");
    made.ots = ready.value("ots", "");
    made.oss = ready.value("oss", "");
    const std::string admin = ready.value("admin", "");
    SystemClock clock;
    SystemRandom random;
    CurlClient http(clock);
    const int64_t from_ms =
        to_millis(std::chrono::floor<std::chrono::milliseconds>(clock.now())) - 2 * kSpanMs;
    made.window = {from_millis(from_ms), from_millis(from_ms + kSpanMs)};
    MILLRACE_TRY(post(http, admin + "/table",
                      {{"table", "user_info"},
                       {"key", {{{"name", "uid"}, {"type", "string"}}}},
                       {"created_ms", from_ms - 1000}}));
    MILLRACE_TRY(post(http, admin + "/fill", fill_of(records, from_ms)));
    const CallContext context{http, clock, random, {}, {}};
    MILLRACE_ASSIGN(tablestore::Config config,
                    tablestore::make_config({.endpoint = made.ots,
                                             .instance = "school",
                                             .access_id = kAccessId,
                                             .access_key = Secret(kAccessKey)}));
    tablestore::Client client(context, std::move(config));
    MILLRACE_ASSIGN(const auto streams, client.list_streams("user_info"));
    if (streams.size() != 1) return fatal_error("the stand-in has no stream");
    made.stream = streams[0].id;
    MILLRACE_ASSIGN(const auto described, client.describe_stream(made.stream));
    if (described.shards.size() != 1) return fatal_error("the stand-in has several shards");
    made.shard = described.shards[0].id;
    return made;
}

}  // namespace millrace::bench
