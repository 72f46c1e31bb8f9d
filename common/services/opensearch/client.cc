#include "common/services/opensearch/client.h"

#include "common/base/check.h"
#include "common/crypto/digest.h"
#include "common/net/http_date.h"
#include "common/services/opensearch/errors.h"
#include "common/services/opensearch/push_v2.h"

namespace millrace::opensearch {
namespace {

constexpr size_t kQueryBytes = 900;  // of a query clause; the service takes 1 KB
constexpr size_t kQueryKeys = 100;
constexpr uint64_t kScanPage = 500;
constexpr uint64_t kScanPagesMax = 10'000'000;

std::string clauses(uint64_t hits, const std::string& query) {
    return "config=start:0,hit:" + std::to_string(hits) + ",format:fulljson&&query=" + query;
}

}  // namespace

std::string query_term(std::string_view index, std::string_view text) {
    std::string term = std::string(index) + ":'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') term += '\\';
        term += c;
    }
    return term + "'";
}

Client::Client(const CallContext& context, Config config, RetryPolicy policy)
    : context_(context), config_(std::move(config)), policy_(policy) {}

Call::Build Client::builder(const Request& request) {
    return [this, &request] {
        return to_http(config_, request, context_.clock.now() + signed_ahead_,
                       context_.random.hex(32));
    };
}

Call::Build Client::builder_v2(std::string_view items) {
    return [this, items] {
        return make_push_v2(config_, items, context_.clock.now() + signed_ahead_,
                            context_.random.hex(32), form_);
    };
}

Call::Judge Client::judge(std::string what) {
    return [this, what = std::move(what), again = false](const HttpAnswer& answer) mutable {
        const Status status = status_of(answer, what);
        const auto theirs = parse_http_date(find_header(answer.headers, "date"));
        if (theirs) server_ahead_ = *theirs - context_.clock.now();
        if (status.service_code() != std::to_string(kDateExpired)) return status;
        if (!theirs || std::exchange(again, true)) return status;
        signed_ahead_ = server_ahead_;
        return Status(Code::kRetry, status.text()).with_service_code(status.service_code());
    };
}

Result<HttpAnswer> Client::send(const Request& request, std::string what) {
    return call(context_, policy_, builder(request), judge(std::move(what)));
}

void Client::start_push(std::string_view body) {
    MILLRACE_CHECK(!push_);
    const std::string what = "push into " + place();
    if (config_.version2) {
        push_ = std::make_unique<Call>(context_, policy_, builder_v2(body), judge(what));
        return push_->start();
    }
    pushed_md5_ = hex(md5(body));
    pushed_ = {.method = Method::kPost,
               .path = "/" + config_.table + "/actions/bulk",
               .body = body,
               .body_md5 = pushed_md5_};
    push_ = std::make_unique<Call>(context_, policy_, builder(pushed_), judge(what));
    push_->start();
}

Status Client::finish_push() {
    MILLRACE_CHECK(push_ != nullptr);
    const Status status = push_->finish().status();
    push_.reset();
    return status;
}

Status Client::push(std::string_view body) {
    start_push(body);
    return finish_push();
}

Result<Page> Client::search(Query parameters) {
    const Request request{.path = "/search", .query = std::move(parameters)};
    MILLRACE_ASSIGN(const HttpAnswer answer, send(request, "search " + config_.app));
    return read_page(answer);
}

Result<uint64_t> Client::count() {
    MILLRACE_ASSIGN(const Page page, search({{"query", clauses(1, "''")}}));
    return page.total;
}

Result<std::vector<Document>> Client::find(const std::string& key_field,
                                           std::span<const std::string> keys) {
    std::vector<Document> found;
    for (size_t i = 0; i < keys.size();) {
        std::string query;
        for (size_t first = i; i < keys.size() && i - first < kQueryKeys; ++i) {
            const std::string term = query_term(key_field, keys[i]);
            if (i > first && query.size() + term.size() > kQueryBytes) break;
            query += (i > first ? " OR " : "") + term;
        }
        // A hit for every key, and room for keys that match more than one document.
        MILLRACE_ASSIGN(Page page, search({{"query", clauses(kScanPage, query)}}));
        if (page.total > page.documents.size()) {
            return Status(Code::kCorrupt, "a search of " + config_.app + " by key finds " +
                                              std::to_string(page.total) + " documents");
        }
        std::move(page.documents.begin(), page.documents.end(), std::back_inserter(found));
    }
    return found;
}

Result<std::optional<Document>> Client::get(const std::string& key_field, const std::string& key) {
    MILLRACE_ASSIGN(std::vector<Document> found, find(key_field, std::span(&key, 1)));
    for (Document& document : found) {
        if (document[key_field] == key) return std::optional<Document>(std::move(document));
    }
    return std::optional<Document>();
}

Status Client::scan(const std::function<Status(const Document&)>& visit) {
    Query parameters = {
        {"query", clauses(kScanPage, "''")}, {"search_type", "scan"}, {"scroll", "1m"}};
    for (uint64_t page_number = 0; page_number < kScanPagesMax; ++page_number) {
        MILLRACE_ASSIGN(const Page page, search(parameters));
        for (const Document& document : page.documents) MILLRACE_TRY(visit(document));
        // The first answer may only give the id.
        if (page.documents.empty() && page_number > 0) return {};
        if (page.scroll_id.empty()) {
            return Status(Code::kCorrupt, "a scan of " + config_.app + " does not go on");
        }
        parameters["scroll_id"] = page.scroll_id;
    }
    return fatal_error("a scan of " + config_.app + " does not end");
}

Result<AppInfo> Client::app_info() {
    const Request request;
    MILLRACE_ASSIGN(const HttpAnswer answer, send(request, "describe application " + config_.app));
    return read_app(answer);
}

Result<AppInfo> what_is_told(Client& client) {
    if (client.config().version2) return AppInfo();
    Result<AppInfo> told = client.app_info();
    if (!told.ok() && told.status().code() == Code::kFatal) return AppInfo();
    return told;
}

}  // namespace millrace::opensearch
