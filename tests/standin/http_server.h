// The words of common/net/http_server.h as the stand-in uses them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "common/net/http_server.h"

namespace millrace::standin {

using millrace::Headers;
using millrace::HttpServer;
using Request = ServerRequest;
using Response = ServerResponse;
using Body = ServerBody;
using Handler = ServerHandler;

inline std::string lower(std::string_view text) {  // ASCII only
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

inline bool same_name(std::string_view a, std::string_view b) {  // header names: any case
    return lower(a) == lower(b);
}

}  // namespace millrace::standin
