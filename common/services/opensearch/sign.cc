#include "common/services/opensearch/sign.h"

#include "common/crypto/digest.h"
#include "common/net/url.h"

namespace millrace::opensearch {
namespace {

constexpr std::string_view kOwnPrefix = "x-opensearch-";

std::string lower(std::string_view name) {
    std::string text(name);
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

}  // namespace

std::string encoded_query(const Query& query) {
    std::string text;
    for (const auto& [name, value] : query) {
        if (!text.empty()) text += '&';
        text += percent_encode(name, false) + '=' + percent_encode(value, false);
    }
    return text;
}

std::string string_to_sign(const SignInput& request) {
    std::string text(request.method);
    for (const std::string_view name : {"content-md5", "content-type", "date"}) {
        text.append("\n").append(find_header(request.headers, name));
    }
    text += '\n';
    std::map<std::string, std::string_view> own;
    for (const auto& [name, value] : request.headers) {
        std::string small = lower(name);
        if (small.starts_with(kOwnPrefix) && !value.empty()) own.emplace(std::move(small), value);
    }
    for (const auto& [name, value] : own) text.append(name).append(":").append(value) += '\n';
    text += percent_encode(request.path, true);
    if (!request.query.empty()) text += '?' + encoded_query(request.query);
    return text;
}

std::string signature(const Secret& access_key, std::string_view string_to_sign) {
    return base64(hmac_sha1(access_key.reveal(), string_to_sign));
}

}  // namespace millrace::opensearch
