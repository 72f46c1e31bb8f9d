#include "common/services/tablestore/sign.h"

#include <algorithm>

#include "common/crypto/digest.h"

namespace millrace::tablestore {
namespace {

std::string lower(std::string_view text) {
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return made;
}

std::string_view trim(std::string_view text) {
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "name:value\n" of every signed header, by name.
std::string canonical(const Headers& headers) {
    std::vector<std::pair<std::string, std::string_view>> lines;
    for (const auto& [name, value] : headers) {
        std::string key = lower(name);
        if (!key.starts_with("x-ots-")) continue;
        if (key == "x-ots-signature" || key == "x-ots-signaturev4") continue;
        lines.emplace_back(std::move(key), trim(value));
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const auto& [name, value] : lines) text.append(name).append(":").append(value) += '\n';
    return text;
}

}  // namespace

std::string string_to_sign(std::string_view action, const Headers& headers) {
    return "/" + std::string(action) + "\nPOST\n\n" + canonical(headers);
}

std::string response_string_to_sign(std::string_view action, const Headers& headers) {
    return canonical(headers) + "/" + std::string(action);
}

std::string signature_v2(const Secret& access_key, std::string_view text) {
    return base64(hmac_sha1(access_key.reveal(), text));
}

Secret key_v4(const Secret& access_key, std::string_view date, std::string_view region) {
    std::string key = hmac_sha256("aliyun_v4" + access_key.reveal(), date);
    key = hmac_sha256(key, region);
    key = hmac_sha256(key, "ots");
    return Secret(base64(hmac_sha256(key, "aliyun_v4_request")));
}

std::string signature_v4(const Secret& key, std::string_view text) {
    return base64(hmac_sha256(key.reveal(), std::string(text) + "ots"));
}

std::string response_signature(const Secret& key, std::string_view text) {
    return base64(hmac_sha1(key.reveal(), text));
}

}  // namespace millrace::tablestore
