#include "common/services/maxcompute/sign.h"

#include <algorithm>

#include "common/crypto/digest.h"

namespace millrace::maxcompute {
namespace {

constexpr std::string_view kPrefix = "x-odps-";
constexpr std::string_view kService = "odps";
constexpr std::string_view kTerminator = "aliyun_v4_request";

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

Query signed_names(const SignInput& request) {
    Query chosen;
    for (const auto& [name, value] : request.headers) {
        std::string key = lower(name);
        if (key.starts_with(kPrefix)) chosen.emplace_back(std::move(key), value);
    }
    for (const auto& [name, value] : request.query) {
        if (name.starts_with(kPrefix)) chosen.emplace_back(name, value);
    }
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

std::string resource(const SignInput& request) {
    std::string text(request.path);
    Query sorted = request.query;
    std::sort(sorted.begin(), sorted.end());
    char separator = '?';
    for (const auto& [name, value] : sorted) {
        text += std::exchange(separator, '&');
        text += name;
        if (!value.empty()) text.append("=").append(value);
    }
    return text;
}

}  // namespace

std::string string_to_sign(const SignInput& request) {
    std::string text(request.method);
    // These three are signed by value only, an absent one as an empty line.
    for (std::string_view name : {"content-md5", "content-type", "date"}) {
        text.append("\n").append(find_header(request.headers, name));
    }
    for (const auto& [name, value] : signed_names(request)) {
        text.append("\n").append(name).append(":").append(value);
    }
    return text.append("\n").append(resource(request));
}

std::string authorization(const Signer& signer, std::string_view string_to_sign, TimePoint now) {
    std::string text = "ODPS ";
    text += signer.access_id;
    std::string key = signer.access_key.reveal();
    if (!signer.region.empty()) {
        const std::string day =
            to_compact(std::chrono::floor<std::chrono::milliseconds>(now)).substr(0, 8);
        key = hmac_sha256("aliyun_v4" + key, day);
        key = hmac_sha256(key, signer.region);
        key = hmac_sha256(key, kService);
        key = hmac_sha256(key, kTerminator);
        for (std::string_view part : {std::string_view(day), signer.region, kService, kTerminator})
            text.append("/").append(part);
    }
    return text + ":" + base64(hmac_sha1(key, string_to_sign));
}

}  // namespace millrace::maxcompute
