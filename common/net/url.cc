#include "common/net/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "common/crypto/digest.h"

namespace millrace {

std::string Endpoint::authority() const {
    return port == 0 ? host : host + ":" + std::to_string(port);
}

std::string Endpoint::origin() const {
    return scheme + "://" + authority();
}

bool Endpoint::host_is_address() const {
    in_addr address{};
    return host == "localhost" || host.starts_with('[') ||
           inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool Endpoint::host_is_loopback() const {
    return host == "localhost" || host == "[::1]" ||
           (host_is_address() && host.starts_with("127."));
}

Result<Endpoint> parse_endpoint(std::string_view text) {
    const std::string whole(text);
    Endpoint endpoint;
    if (text.starts_with("http://")) {
        endpoint.scheme = "http";
        text.remove_prefix(7);
    } else if (text.starts_with("https://")) {
        endpoint.scheme = "https";
        text.remove_prefix(8);
    } else if (text.find("://") == std::string_view::npos) {
        endpoint.scheme = "https";
    } else {
        return config_error("endpoint \"" + whole + "\" must begin with http:// or https://");
    }
    const size_t slash = text.find('/');
    std::string_view authority = text.substr(0, slash);
    if (slash != std::string_view::npos) endpoint.path = std::string(text.substr(slash));
    while (endpoint.path.ends_with('/')) endpoint.path.pop_back();
    const size_t bracket = authority.find(']');
    const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    endpoint.host = std::string(authority.substr(0, colon));
    if (colon != std::string_view::npos) {
        const std::string_view digits = authority.substr(colon + 1);
        const auto end = digits.data() + digits.size();
        if (std::from_chars(digits.data(), end, endpoint.port).ptr != end || endpoint.port < 1 ||
            endpoint.port > 65535) {
            return config_error("endpoint \"" + whole + "\" has no valid port after the colon");
        }
    }
    const bool odd = std::any_of(endpoint.host.begin(), endpoint.host.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '@';
    });
    if (endpoint.host.empty() || odd) {
        return config_error("endpoint \"" + whole + "\" has no valid host name");
    }
    return endpoint;
}

std::string percent_encode(std::string_view text, bool keep_slash) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string encoded;
    for (char c : text) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~' ||
                           (keep_slash && c == '/');
        if (plain) {
            encoded += c;
        } else {
            encoded += '%';
            encoded += kDigits[static_cast<unsigned char>(c) >> 4];
            encoded += kDigits[static_cast<unsigned char>(c) & 15];
        }
    }
    return encoded;
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 3 <= text.size()) {
            const std::string byte = from_hex(text.substr(i + 1, 2));
            if (byte.size() == 1) {
                decoded += byte;
                i += 2;
                continue;
            }
        }
        decoded += text[i];
    }
    return decoded;
}

}  // namespace millrace
