// A cloud without a network: an HttpClient that answers in the calling thread from memory.
#pragma once

#include <map>
#include <vector>

#include "bench/near_partition.h"
#include "bench/near_sinks.h"
#include "bench/plugins.h"

namespace millrace::bench {

// GetStreamRecord or GetRange gives `kDistinctPages` signed pages round and round, then the end; a
// csv object and a MaxCompute table hold the same records. Used by one thread.
class NearCloud final : public HttpClient {
  public:
    explicit NearCloud(SourceKind source);
    // The start of an item that reads `pages` pages.
    std::string start(uint64_t pages);
    // Begins a run that reads so many.
    void begin(uint64_t pages);

    Ticket submit(HttpRequest request) override;
    Result<HttpAnswer> wait(Ticket ticket) override;
    void cancel(Ticket ticket) override;

  private:
    struct Page {
        std::string body;
        Headers headers;
    };

    std::string object_start(uint64_t pages) const;
    HttpAnswer answer(HttpRequest& request);
    HttpAnswer next_page(HttpRequest& request);
    HttpAnswer range(HttpRequest& request);

    const SourceKind source_;
    std::string object_;  // what the object repeats; its ranges carry no checksum of the whole
    std::vector<Page> pages_;
    Page end_;
    uint64_t pages_left_ = 0;
    NearPartition partition_;
    NearSinks sinks_;
    std::map<Ticket, HttpAnswer> answers_;
    Ticket last_ = 0;
};

}  // namespace millrace::bench
