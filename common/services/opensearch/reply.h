// What answers mean.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/net/http.h"

namespace millrace::opensearch {

// Success only for an HTTP status below 400 with "status":"OK": a failure may come as 200. Else
// what the error's number means, or the HTTP status without one; service_code() is the number as
// text. `what` names the request ("push into app/main").
Status status_of(const HttpAnswer& answer, std::string_view what);

// A document as searches give it: every value is text.
using Document = std::map<std::string, std::string>;

struct Page {
    std::vector<Document> documents;
    uint64_t total = 0;     // that match, on all pages
    std::string scroll_id;  // of scans
};
// kCorrupt when it is not understood.
Result<Page> read_page(const HttpAnswer& answer);

enum class Edition : unsigned char {
    kUnknown,
    kStandard,  // add and delete only, no timestamps
    kAdvanced,
};
struct AppInfo {
    std::string id;  // another one after the application was deleted and made anew
    std::string name;
    Edition edition = Edition::kUnknown;
    // Its tables with their key fields ("" = not told); empty when it tells none.
    std::map<std::string, std::string> tables = {};
};
Result<AppInfo> read_app(const HttpAnswer& answer);

}  // namespace millrace::opensearch
