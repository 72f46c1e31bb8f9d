// One transfer of the curl client: a request on its way to an answer.
#pragma once

#include <curl/curl.h>

#include <string>

#include "common/base/clock.h"
#include "common/net/http.h"

namespace millrace {

// Prepared by the submitting thread, run by the network thread, read by the waiting thread: one at
// a time, handed over under the client's mutex. The easy handle is borrowed from the client's pool.
class CurlTransfer {
  public:
    CurlTransfer(CURL* easy, HttpRequest request, const Clock& clock);
    ~CurlTransfer();
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    CURL* easy() const { return easy_; }
    void complete(CURLcode outcome);
    Result<HttpAnswer> take();

    bool done = false;
    bool started = false;

  private:
    void set_method();
    void set_headers();
    void set_timeouts(const Clock& clock);
    Status failure(CURLcode outcome) const;
    static size_t on_header(char* data, size_t size, size_t count, void* self);
    static size_t on_body(char* data, size_t size, size_t count, void* self);

    CURL* easy_;
    HttpRequest request_;
    curl_slist* headers_ = nullptr;
    bool bound_by_lease_ = false;
    HttpAnswer answer_;
    Status status_;
    char error_[CURL_ERROR_SIZE] = "";
};

}  // namespace millrace
