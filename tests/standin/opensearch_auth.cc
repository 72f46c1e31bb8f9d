#include "tests/standin/opensearch_auth.h"

#include <time.h>

#include <cstdlib>
#include <optional>

#include "common/crypto/digest.h"
#include "common/net/url.h"

namespace millrace::standin {
namespace {

constexpr std::chrono::minutes kSkewMax(15);

struct Failure {
    int code;
    const char* message;
};
constexpr Failure kNoAuthorization{4001, "Authentication is missing"};
constexpr Failure kBadSignature{4003, "Signature verification failed"};
constexpr Failure kNoNonce{4004, "Nonce is required"};
constexpr Failure kExpired{4010, "Expired"};
constexpr Failure kNoSuchUser{5001, "User does not exist"};

OpenSearchAuth& fail(OpenSearchAuth& auth, const Failure& failure) {
    auth.code = failure.code;
    auth.message = failure.message;
    return auth;
}

std::optional<TimePoint> parse_date(const std::string& text) {
    tm parts{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (!rest || *rest) return std::nullopt;
    return TimePoint(std::chrono::seconds(timegm(&parts)));
}

bool is_recent(const Account& account, const std::optional<TimePoint>& date, TimePoint now) {
    if (!date) return false;
    return !account.check_skew || (*date <= now + kSkewMax && *date >= now - kSkewMax);
}

std::string header_text(const Request& request, std::string_view name) {
    const std::string* value = request.header(name);
    return value ? *value : std::string();
}

// Sorted pairs, both sides encoded. The SDKs do not agree on pairs without a value: one leaves them
// out, one signs the bare name.
std::string canonical_query(const OpenSearchPairs& pairs, bool with_empty) {
    std::string text;
    for (const auto& [name, value] : pairs) {
        if (value.empty() && !with_empty) continue;
        if (!text.empty()) text += '&';
        text += percent_encode(name, false);
        if (!value.empty()) text += '=' + percent_encode(value, false);
    }
    return text;
}

std::string string_to_sign_v3(const Request& request, bool with_empty) {
    std::map<std::string, std::string> own;
    for (const auto& [name, value] : request.headers)
        if (lower(name).starts_with("x-opensearch-") && !value.empty()) own[lower(name)] = value;
    std::string text = request.method + '\n' + header_text(request, "content-md5") + '\n' +
                       header_text(request, "content-type") + '\n' + header_text(request, "date") +
                       '\n';
    for (const auto& [name, value] : own) text += name + ':' + value + '\n';
    text += percent_encode(percent_decode(request.path()), true);
    const std::string query = canonical_query(parse_pairs(request.query()), with_empty);
    return query.empty() ? text : text + '?' + query;
}

OpenSearchAuth check_aliyun(const Account& account, const Request& request, OpenSearchPairs pairs,
                            TimePoint now) {
    OpenSearchAuth auth{.kind = "v2-aliyun"};
    auth.sent = pairs["Signature"];
    auth.nonce = pairs["SignatureNonce"];
    const auto date = parse_date(pairs["Timestamp"]);
    const std::string id = pairs["AccessKeyId"];
    pairs.erase("Signature");
    if (pairs["sign_mode"] == "1") pairs.erase("items");
    auth.string_to_sign =
        request.method + "&%2F&" + percent_encode(canonical_query(pairs, false), false);
    auth.expected = base64(hmac_sha1(account.access_key + '&', auth.string_to_sign));
    if (auth.nonce.empty()) return fail(auth, kNoNonce);
    if (id != account.access_id) return fail(auth, kNoSuchUser);
    if (!is_recent(account, date, now)) return fail(auth, kExpired);
    return auth.sent == auth.expected ? auth : fail(auth, kBadSignature);
}

OpenSearchAuth check_opensearch(const Account& account, OpenSearchPairs pairs, TimePoint now) {
    OpenSearchAuth auth{.kind = "v2-opensearch"};
    auth.sent = pairs["sign"];
    const std::string nonce = pairs["nonce"], id = pairs["client_id"];
    pairs.erase("sign");
    if (pairs["sign_mode"] == "1") pairs.erase("items");
    auth.string_to_sign = canonical_query(pairs, false) + account.access_key;
    auth.expected = hex(md5(auth.string_to_sign));
    const size_t dot = nonce.find('.');
    if (dot == std::string::npos) return fail(auth, kNoNonce);
    if (id != account.access_id) return fail(auth, kNoSuchUser);
    const TimePoint date(std::chrono::seconds(std::atoll(nonce.c_str() + dot + 1)));
    if (!is_recent(account, date, now)) return fail(auth, kExpired);
    return auth.sent == auth.expected ? auth : fail(auth, kBadSignature);
}

}  // namespace

OpenSearchPairs parse_pairs(std::string_view text) {
    OpenSearchPairs pairs;
    const auto decode = [](std::string_view part) {
        std::string plain(part);
        for (char& c : plain) c = c == '+' ? ' ' : c;
        return percent_decode(plain);
    };
    while (!text.empty()) {
        const size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        const size_t equals = std::min(pair.find('='), pair.size());
        if (!pair.empty())
            pairs[decode(pair.substr(0, equals))] =
                equals < pair.size() ? decode(pair.substr(equals + 1)) : std::string();
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return pairs;
}

OpenSearchAuth authenticate_v3(const Account& account, const Request& request, TimePoint now) {
    OpenSearchAuth auth{.kind = "v3"};
    const std::string authorization = header_text(request, "authorization");
    const size_t colon = authorization.find(':');
    if (!authorization.starts_with("OPENSEARCH ") || colon == std::string::npos)
        return fail(auth, kNoAuthorization);
    const std::string id = authorization.substr(11, colon - 11);
    auth.sent = authorization.substr(colon + 1);
    auth.nonce = header_text(request, "x-opensearch-nonce");
    if (id != account.access_id) return fail(auth, kNoSuchUser);
    if (auth.nonce.empty()) return fail(auth, kNoNonce);
    if (!is_recent(account, parse_date(header_text(request, "date")), now))
        return fail(auth, kExpired);
    for (const bool with_empty : {false, true}) {
        auth.string_to_sign = string_to_sign_v3(request, with_empty);
        auth.expected = base64(hmac_sha1(account.access_key, auth.string_to_sign));
        if (auth.sent == auth.expected) break;
    }
    if (auth.sent != auth.expected) return fail(auth, kBadSignature);
    // Only requests with a body carry its digest.
    if (!request.body.empty() && header_text(request, "content-md5") != hex(md5(request.body)))
        return fail(auth, kBadSignature);
    return auth;
}

OpenSearchAuth authenticate_v2(const Account& account, const Request& request,
                               const OpenSearchPairs& pairs, TimePoint now) {
    if (pairs.contains("Signature")) return check_aliyun(account, request, pairs, now);
    if (pairs.contains("sign")) return check_opensearch(account, pairs, now);
    OpenSearchAuth auth;
    return fail(auth, kNoAuthorization);
}

}  // namespace millrace::standin
