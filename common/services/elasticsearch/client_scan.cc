#include "common/services/elasticsearch/client.h"

namespace millrace::elasticsearch {

using nlohmann::json;

namespace {

constexpr std::string_view kLife = "2m";  // of a scroll, from page to page

}  // namespace

Status Client::scan(const std::string& index, bool with_source, const Visit& visit) {
    const std::string what = "documents of index " + index;
    // Pages without contents may be long.
    const json first = {{"size", with_source ? 1000 : 10'000},
                        {"version", true},
                        {"_source", with_source},
                        {"sort", {"_doc"}}};
    std::string body = first.dump();
    std::string target = index_path(index, "/_search?scroll=" + std::string(kLife));
    ScanPage page;
    for (;;) {
        MILLRACE_ASSIGN(const HttpAnswer answer,
                        send({.method = Method::kPost, .target = target, .body = body}, what));
        MILLRACE_TRY(read_scan_reply(answer.body, page));
        for (const Scanned& document : page.documents) MILLRACE_TRY(visit(document));
        if (page.documents.empty()) break;
        body = json{{"scroll", kLife}, {"scroll_id", page.scroll}}.dump();
        target = "/_search/scroll";
    }
    // What stays open ends by itself.
    body = json{{"scroll_id", {page.scroll}}}.dump();
    const RequestSpec end{.method = Method::kDelete, .target = "/_search/scroll", .body = body};
    (void)send(end, what);
    return {};
}

}  // namespace millrace::elasticsearch
