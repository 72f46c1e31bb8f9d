#include "common/services/elasticsearch/client.h"

#include "common/base/check.h"
#include "common/codec/gzip.h"

namespace millrace::elasticsearch {

using nlohmann::json;

namespace {

Status not_json(const std::string& what) {
    return Status(Code::kCorrupt,
                  what + ": the answer is no JSON object: is this a search server?");
}

Result<json> parse(const HttpAnswer& answer, const std::string& what) {
    json tree = json::parse(answer.body.view(), nullptr, false);
    if (!tree.is_object()) return not_json(what);
    return tree;
}

// A call that must be acknowledged by the cluster; some servers say `errors` with status 200.
Status acknowledged(const Result<HttpAnswer>& answer, const std::string& what) {
    if (!answer.ok()) return answer.status();
    MILLRACE_ASSIGN(const json tree, parse(*answer, what));
    if (tree.value("errors", false) || !tree.value("acknowledged", false)) {
        return fatal_error(what + ": the search server did not acknowledge it");
    }
    return {};
}

// Below this a body is sent as it is.
constexpr size_t kCompressFrom = 1024;

}  // namespace

Client::Client(const CallContext& context, Config config)
    : context_(context), config_(std::move(config)) {
    MILLRACE_CHECK(!config_.endpoints.empty());
}

RetryPolicy Client::policy() const {
    RetryPolicy policy;
    policy.retries_max = config_.tries - 1;
    policy.pause_first = std::chrono::milliseconds(200);
    policy.pause_max = std::min<Duration>(config_.try_interval, std::chrono::seconds(30));
    return policy;
}

Call::Build Client::build(RequestSpec spec) {
    return [this, spec = std::move(spec), again = false]() mutable {
        // Another try goes to the next server.
        if (again) endpoint_ = (endpoint_ + 1) % config_.endpoints.size();
        again = true;
        return make_request(config_, config_.endpoints[endpoint_], spec);
    };
}

Call::Judge Client::judge(std::string what) {
    return
        [what = std::move(what)](const HttpAnswer& answer) { return judge_answer(answer, what); };
}

Result<HttpAnswer> Client::send(RequestSpec spec, std::string what) {
    return call(context_, policy(), build(std::move(spec)), judge(std::move(what)));
}

Result<json> Client::read(std::string target, std::string what) {
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send({.method = Method::kGet, .target = std::move(target)}, what));
    return parse(answer, what);
}

Result<Server> Client::probe() {
    Server server;
    const auto answer = send({.method = Method::kGet, .target = "/"}, "search server");
    if (!answer.ok()) {
        const Code code = answer.status().code();
        // Servers without this call exist; only what other calls would meet as well is an error.
        if (code == Code::kFatal || code == Code::kNotFound) return server;
        return answer.status();
    }
    const json tree = json::parse(answer->body.view(), nullptr, false);
    if (!tree.is_object() || !tree.contains("version") || !tree["version"].is_object()) {
        return not_json("search server");
    }
    const json& version = tree["version"];
    if (version.contains("number") && version["number"].is_string()) {
        server.version = version["number"].get<std::string>();
    }
    server.distribution = "elasticsearch";
    if (version.contains("distribution") && version["distribution"].is_string()) {
        server.distribution = version["distribution"].get<std::string>();
    }
    // OpenSearch counts from 1 again: its numbers are never compared with Elasticsearch's.
    if (server.distribution == "elasticsearch" && !server.version.empty()) {
        server.typeless = std::atoi(server.version.c_str()) >= 7;
    }
    return server;
}

Result<bool> Client::index_exists(const std::string& index) {
    const auto answer =
        send({.method = Method::kHead, .target = index_path(index)}, "index " + index);
    if (answer.ok()) return true;
    if (answer.status().code() == Code::kNotFound) return false;
    return answer.status();
}

Result<bool> Client::create_index(const std::string& index, const json& body) {
    const std::string text = body.dump();
    const std::string what = "creating index " + index;
    const auto answer =
        send({.method = Method::kPut,
              .target = index_path(index, "?master_timeout=" + config_.master_timeout),
              .body = text},
             what);
    if (answer.status().service_code() == "resource_already_exists_exception") return false;
    MILLRACE_TRY(acknowledged(answer, what));
    return true;
}

Status Client::delete_index(const std::string& index) {
    const std::string what = "deleting index " + index;
    const auto answer =
        send({.method = Method::kDelete,
              .target = index_path(index, "?master_timeout=" + config_.master_timeout)},
             what);
    if (answer.status().code() == Code::kNotFound) return {};
    return acknowledged(answer, what);
}

Result<json> Client::settings(const std::string& index) {
    return read(index_path(index, "/_settings?flat_settings=true"), "settings of index " + index);
}

Result<json> Client::mapping(const std::string& index) {
    return read(index_path(index, "/_mapping"), "mapping of index " + index);
}

Status Client::put_mapping(const std::string& index, const json& mapping) {
    const std::string text = mapping.dump();
    const std::string what = "mapping of index " + index;
    const auto answer =
        send({.method = Method::kPut,
              .target = index_path(index, "/_mapping?master_timeout=" + config_.master_timeout),
              .body = text},
             what);
    return acknowledged(answer, what);
}

Result<std::vector<std::string>> Client::alias_holders(const std::string& alias) {
    std::vector<std::string> holders;
    const auto tree = read("/_alias/" + percent_encode(alias, false), "alias " + alias);
    if (tree.status().code() == Code::kNotFound) return holders;
    if (!tree.ok()) return tree.status();
    for (const auto& [name, value] : tree->items()) holders.push_back(name);
    return holders;
}

Status Client::update_aliases(const json& actions) {
    const std::string text = json{{"actions", actions}}.dump();
    const auto answer = send({.method = Method::kPost,
                              .target = "/_aliases?master_timeout=" + config_.master_timeout,
                              .body = text},
                             "aliases");
    return acknowledged(answer, "aliases");
}

Status Client::refresh(const std::string& index) {
    return send({.method = Method::kPost, .target = index_path(index, "/_refresh")},
                "refreshing index " + index)
        .status();
}

Result<uint64_t> Client::count(const std::string& index) {
    const std::string what = "count of index " + index;
    MILLRACE_ASSIGN(const json tree, read(index_path(index, "/_count"), what));
    if (!tree.contains("count") || !tree["count"].is_number_unsigned()) return not_json(what);
    return tree["count"].get<uint64_t>();
}

Result<std::optional<json>> Client::get(const std::string& index, const std::string& id) {
    auto tree =
        read(index_path(index, "/_doc/" + percent_encode(id, false)), "document of " + index);
    if (tree.status().code() == Code::kNotFound) return std::optional<json>();
    if (!tree.ok()) return tree.status();
    return std::optional<json>(std::move(*tree));
}

std::string_view Client::packed(std::string_view body) {
    if (!config_.compress || body.size() < kCompressFrom) return body;
    gzip(body, gzip_);
    return gzip_.view();
}

void Client::start_bulk(const std::string& index, std::string_view body) {
    RequestSpec spec{.method = Method::kPost, .target = {}, .type = ContentType::kLines};
    // Only what is read; every item has a status, so that positions stay.
    spec.target = index_path(
        index, "/_bulk?filter_path=items.*.status,items.*.error.type,items.*.error.reason");
    spec.body = packed(body);
    spec.gzip = spec.body.data() != body.data();
    bulk_ = std::make_unique<Call>(context_, policy(), build(std::move(spec)),
                                   judge("bulk into index " + index));
    bulk_->start();
}

Result<HttpAnswer> Client::finish_bulk() {
    MILLRACE_CHECK(bulk_ != nullptr);
    Result<HttpAnswer> answer = bulk_->finish();
    bulk_.reset();
    return answer;
}

Result<HttpAnswer> Client::mget(const std::string& index, std::string_view body, bool with_source) {
    RequestSpec spec{.method = Method::kPost};
    // A filtered answer holds contents in the server's own spelling, not as they were sent.
    spec.target = index_path(index, with_source ? "/_mget"
                                                : "/_mget?_source=false&filter_path=docs.found,"
                                                  "docs._version,docs.error.type");
    spec.body = packed(body);
    spec.gzip = spec.body.data() != body.data();
    return send(std::move(spec), "documents of index " + index);
}

}  // namespace millrace::elasticsearch
