// A small HTTP/1.1 server: whole requests in, whole answers out. The cluster's processes answer
// with it; so does test equipment, which also breaks answers on purpose.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/net/http.h"

namespace millrace {

struct ServerRequest {
    std::string method;
    std::string target;  // as sent, nothing decoded: "/bucket/a%20b?uploads"
    Headers headers;     // as sent, in order
    std::string body;    // whole; chunks already joined
    // The body is longer than the server takes: what came of it was dropped.
    bool body_too_long = false;

    std::string_view path() const;   // the target before '?'
    std::string_view query() const;  // the target after '?', or empty
    // Value of the first header of that name in any case; null when there is none.
    const std::string* header(std::string_view name) const;
};

// Bytes of an answer; sharing lets many answers carry one object without a copy.
using ServerBody = std::shared_ptr<const std::string>;

struct ServerResponse {
    // How the answer ends on the wire; everything but kWhole is a fault.
    enum class End : uint8_t {
        kWhole,
        kReset,      // no answer: the connection is reset
        kTruncated,  // the full Content-Length is announced, half of the body is sent
    };

    int status = 200;
    Headers headers;  // without Content-Length, Date and Connection: the server adds those
    ServerBody body;  // null = empty. For HEAD its size is announced and nothing is sent
    End end = End::kWhole;
    std::chrono::milliseconds delay{0};  // waited before the answer goes out; blocks no thread
    // Asked once `delay` is over: its answer takes the place of this one and may ask to wait again
    // (long polling). While the server ends it is not asked, and this answer goes out.
    std::function<ServerResponse()> later;

    void set_body(std::string bytes) {
        body = std::make_shared<const std::string>(std::move(bytes));
    }
    std::string_view view() const { return body ? std::string_view(*body) : std::string_view(); }
};

// Called by several threads at once.
using ServerHandler = std::function<ServerResponse(const ServerRequest&)>;

struct HttpServerOptions {
    std::string host = "127.0.0.1";  // an address of this machine, "localhost", or "0.0.0.0", "::"
    int port = 0;                    // 0 = a free one
    unsigned threads = 2;
    uint64_t body_bytes_max = UINT64_MAX;
    unsigned connections_max = 1000;
    std::chrono::seconds idle_max{0};  // of a connection; 0 = without end
};

// Listens until destroyed. Keep-alive; chunked and "Expect: 100-continue" requests. TLS is left to
// what stands in front of it.
class HttpServer {
  public:
    // kConfig when `host` is not an address or the port is in use.
    static Result<std::unique_ptr<HttpServer>> create(HttpServerOptions options,
                                                      ServerHandler handler);
    // Whoever still waits gets an answer.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    int port() const;
    std::string url() const;  // "http://127.0.0.1:<port>"

  private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace millrace
