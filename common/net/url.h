// URLs: taking an endpoint apart, percent encoding.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"

namespace millrace {

struct Endpoint {
    std::string scheme;  // "http" or "https"
    std::string host;    // without port; an IPv6 address keeps its brackets
    int port = 0;        // 0 = the scheme's own
    std::string path;    // "" or "/…" without a trailing slash

    // "http://host[:port]"
    std::string origin() const;
    // "host[:port]", the form of a Host header.
    std::string authority() const;
    bool host_is_address() const;  // an IP address or localhost
    bool host_is_loopback() const;
};

// "http://…" or "https://…"; a missing scheme is taken as https. kConfig with a hint when
// malformed.
Result<Endpoint> parse_endpoint(std::string_view text);

// Encodes everything but A-Z a-z 0-9 - _ . ~ (and '/' when `keep_slash`).
std::string percent_encode(std::string_view text, bool keep_slash);
std::string percent_decode(std::string_view text);  // broken escapes stay as they are

}  // namespace millrace
