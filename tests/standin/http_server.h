// A small HTTP/1.1 server for test equipment: whole requests in, whole answers out.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace millrace::standin {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;
    std::string target;  // as sent, nothing decoded: "/bucket/a%20b?uploads"
    Headers headers;     // as sent, in order
    std::string body;    // whole; chunks already joined

    std::string_view path() const;   // the target before '?'
    std::string_view query() const;  // the target after '?', or empty
    // Value of the first header of that name in any case; null when there is none.
    const std::string* header(std::string_view name) const;
};

// Bytes of an answer; sharing lets many answers carry one object without a copy.
using Body = std::shared_ptr<const std::string>;

struct Response {
    // How the answer ends on the wire; everything but kWhole is a fault.
    enum class End : uint8_t {
        kWhole,
        kReset,      // no answer: the connection is reset
        kTruncated,  // the full Content-Length is announced, half of the body is sent
    };

    int status = 200;
    Headers headers;  // without Content-Length, Date and Connection: the server adds those
    Body body;        // null = empty. For HEAD its size is announced and nothing is sent
    End end = End::kWhole;
    std::chrono::milliseconds delay{0};  // waited before the answer goes out; blocks no thread

    void set_body(std::string bytes) {
        body = std::make_shared<const std::string>(std::move(bytes));
    }
    std::string_view view() const { return body ? std::string_view(*body) : std::string_view(); }
};

// Called by several threads at once.
using Handler = std::function<Response(const Request&)>;

// Listens on 127.0.0.1 until destroyed. Keep-alive; chunked and "Expect: 100-continue" requests.
class HttpServer {
  public:
    // Port 0 = a free one.
    static Result<std::unique_ptr<HttpServer>> create(uint16_t port, Handler handler,
                                                      unsigned threads = 2);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    uint16_t port() const;
    std::string url() const;  // "http://127.0.0.1:<port>"

  private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

bool same_name(std::string_view a, std::string_view b);  // header names: any case
std::string lower(std::string_view text);                // ASCII only

}  // namespace millrace::standin
