#include "common/net/http.h"

#include <strings.h>

namespace millrace {

std::string_view name_of(Method method) {
    switch (method) {
        case Method::kGet: return "GET";
        case Method::kHead: return "HEAD";
        case Method::kPut: return "PUT";
        case Method::kPost: return "POST";
        case Method::kPatch: return "PATCH";
        case Method::kDelete: return "DELETE";
    }
    return "?";
}

std::string_view find_header(const Headers& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) {
            return value;
        }
    }
    return {};
}

}  // namespace millrace
