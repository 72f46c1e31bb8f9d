// A cloud without a network: an HttpClient that answers in the calling thread from memory.
#pragma once

#include <map>
#include <vector>

#include "common/net/http.h"
#include "common/services/oss/object_item.h"

namespace millrace::bench {

// GetStreamRecord or GetRange gives `kDistinctPages` signed pages round and round, then the end.
// Parts and bulks are acknowledged without a look at them: the checksum of a part is computed in
// the first run only and known in the next ones, which send the same parts. Used by one thread.
class NearCloud final : public HttpClient {
  public:
    static constexpr const char* kAccessId = "bench";
    static constexpr const char* kAccessKey = "bench-key";

    // What pages hold: stream records of PutRow, of UpdateRow (so that a keyed target looks up what
    // it has), or rows of a table.
    enum class Content : uint8_t { kPuts, kUpdates, kTable };
    explicit NearCloud(Content content);
    // A csv object with the records of so many pages, round and round like those; its ranges are
    // served without the checksum of the whole.
    oss::ObjectStart object(uint64_t pages);
    // Begins a run that reads `pages` pages.
    void begin(uint64_t pages);

    Ticket submit(HttpRequest request) override;
    Result<HttpAnswer> wait(Ticket ticket) override;
    void cancel(Ticket ticket) override;

  private:
    struct Page {
        std::string body;
        Headers headers;
    };

    static Page signed_page(std::string_view action, std::string body);
    HttpAnswer answer(HttpRequest& request);
    HttpAnswer next_page(HttpRequest& request);
    HttpAnswer range(HttpRequest& request);
    HttpAnswer part(const HttpRequest& request);
    HttpAnswer bulk();
    HttpAnswer not_found(const HttpRequest& request);

    std::string object_;  // what the object repeats
    std::vector<Page> pages_;
    Page end_;
    uint64_t pages_left_ = 0;
    uint64_t records_left_ = 0;                // of the bulks
    std::map<size_t, std::string> checksums_;  // of the parts, in the order sent
    size_t parts_ = 0;
    std::string full_bulk_;  // the answer to one
    std::map<Ticket, HttpAnswer> answers_;
    Ticket last_ = 0;
};

}  // namespace millrace::bench
