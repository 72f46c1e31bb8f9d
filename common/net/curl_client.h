// HttpClient over libcurl: one network thread, keep-alive connections, a pool per endpoint.
#pragma once

#include <memory>

#include "common/base/clock.h"
#include "common/net/http.h"

namespace millrace {

// Thread-safe. The network thread lives as long as the object; requests still under way when it
// ends are broken off.
class CurlClient final : public HttpClient {
  public:
    explicit CurlClient(Clock& clock);
    ~CurlClient() override;
    Ticket submit(HttpRequest request) override;
    Result<HttpAnswer> wait(Ticket ticket) override;
    void cancel(Ticket ticket) override;

  private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace millrace
