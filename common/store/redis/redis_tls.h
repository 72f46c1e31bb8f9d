// TLS over a connected socket.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/status.h"

struct ssl_st;

namespace millrace {

struct RedisTls {
    bool on = false;
    // PEM.
    std::string ca_file;    // whose certificates are believed; empty = those of the system
    std::string cert_file;  // this side's certificate; empty = none
    std::string key_file;   // and its key
};

// One thread at a time. The socket's own time-outs hold, and it outlives this.
class RedisTlsSession {
  public:
    // The server's certificate must be of `host`, a name or an address. kConfig: a file of `tls`
    // is of no use, or the certificate is not accepted. kUnreachable: the server speaks no TLS.
    static Result<std::unique_ptr<RedisTlsSession>> begin(int socket, const std::string& host,
                                                          const RedisTls& tls);

    // All of it. kUnknownOutcome: some may have arrived.
    Status write(std::string_view bytes);
    // At least one byte. kUnknownOutcome.
    Result<size_t> read(std::span<char> buffer);

  private:
    struct FreeSsl {
        void operator()(ssl_st* session) const;
    };
    explicit RedisTlsSession(ssl_st* session) : session_(session) {}
    Status failure(int result) const;

    const std::unique_ptr<ssl_st, FreeSsl> session_;
};

}  // namespace millrace
