#include "common/services/tablestore/reply.h"

#include <zlib.h>

#include <charconv>

#include "common/crypto/digest.h"
#include "common/services/tablestore/date.h"
#include "common/services/tablestore/errors.h"
#include "common/services/tablestore/sign.h"
#include "tablestore.pb.h"

namespace millrace::tablestore {
namespace {

constexpr size_t kInflatedMax = size_t{256} << 20;
// How far the clocks of a request and of its answer may be apart.
constexpr Duration kSkewMax = std::chrono::minutes(15);

Status corrupt(std::string_view what, std::string_view why) {
    return Status(Code::kCorrupt, "the answer of Tablestore to \"" + std::string(what) +
                                      "\" is not to be trusted: " + std::string(why));
}

// A V4 key is of the day on which the request was signed: around midnight not the answer's.
bool signed_by_service(const Config& config, std::string_view action, const HttpAnswer& answer,
                       std::string_view signature) {
    const std::string text = response_string_to_sign(action, answer.headers);
    if (config.region.empty()) return response_signature(config.access_key, text) == signature;
    const std::optional<TimePoint> date = date_of(answer);
    if (!date) return false;
    for (const auto away : {Duration(0), -kSkewMax, kSkewMax}) {
        const std::string day =
            to_compact(std::chrono::floor<std::chrono::milliseconds>(*date + away)).substr(0, 8);
        const Secret key = key_v4(config.access_key, day, config.region);
        if (response_signature(key, text) == signature) return true;
    }
    return false;
}

Status check_success(const Config& config, std::string_view action, const HttpAnswer& answer,
                     std::string_view what) {
    for (std::string_view name : {"x-ots-contentmd5", "x-ots-contenttype", "x-ots-requestid",
                                  "x-ots-date", "authorization"}) {
        if (find_header(answer.headers, name).empty()) {
            return corrupt(what, "it has no header " + std::string(name));
        }
    }
    if (!date_of(answer)) return corrupt(what, "its x-ots-date is no date");
    const std::string_view authorization = find_header(answer.headers, "authorization");
    const std::string expected = "OTS " + config.access_id + ":";
    if (!authorization.starts_with(expected) ||
        !signed_by_service(config, action, answer, authorization.substr(expected.size()))) {
        return corrupt(what, "its signature is wrong");
    }
    if (config.check_md5 &&
        base64(md5(answer.body.view())) != find_header(answer.headers, "x-ots-contentmd5")) {
        return corrupt(what, "its MD5 is wrong");
    }
    return {};
}

}  // namespace

Status check_answer(const Config& config, std::string_view action, const HttpAnswer& answer,
                    std::string_view what) {
    if (answer.status == 200) return check_success(config, action, answer, what);
    wire::Error error;
    ServiceError made;
    made.http_status = answer.status;
    made.request_id = find_header(answer.headers, "x-ots-requestid");
    Buffer inflated;
    const Result<std::string_view> content = content_of(answer, inflated);
    // Proxies in front of the service answer with pages of their own.
    if (content.ok() && error.ParseFromArray(content->data(), static_cast<int>(content->size()))) {
        made.service_code = error.code();
        made.message = error.message();
    }
    return status_of(made, what);
}

Result<std::string_view> content_of(const HttpAnswer& answer, Buffer& inflated) {
    const std::string_view type = find_header(answer.headers, "x-ots-response-compress-type");
    if (type.empty()) return answer.body.view();
    const std::string_view text = find_header(answer.headers, "x-ots-response-compress-size");
    size_t size = 0;
    std::from_chars(text.data(), text.data() + text.size(), size);
    if (type != "deflate" || size == 0 || size > kInflatedMax) {
        return Status(Code::kCorrupt, "an answer of Tablestore is compressed in an unknown way");
    }
    inflated.clear();
    uLongf length = size;
    const int outcome =
        uncompress(reinterpret_cast<Bytef*>(inflated.room(size)), &length,
                   reinterpret_cast<const Bytef*>(answer.body.data()), answer.body.size());
    if (answer.body.empty() || outcome != Z_OK || length != size) {
        return Status(Code::kCorrupt, "an answer of Tablestore cannot be decompressed");
    }
    inflated.commit(size);
    return inflated.view();
}

std::optional<TimePoint> date_of(const HttpAnswer& answer) {
    return parse_date(find_header(answer.headers, "x-ots-date"));
}

}  // namespace millrace::tablestore
