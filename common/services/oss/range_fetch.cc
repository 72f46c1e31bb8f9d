#include "common/services/oss/range_fetch.h"

#include "common/base/check.h"

namespace millrace::oss {

RangeFetch::RangeFetch(Client& client, std::string key, std::string etag)
    : client_(client), key_(std::move(key)), etag_(std::move(etag)) {}

void RangeFetch::start(ByteRange range, Buffer reuse) {
    MILLRACE_CHECK(!call_ && range.first <= range.last);
    length_ = range.last - range.first + 1;
    request_ = client_.range_request(key_, range);
    if (!etag_.empty()) request_.headers.emplace_back("If-Match", "\"" + etag_ + "\"");
    reuse_ = std::move(reuse);
    call_.emplace(client_.context_, client_.policy_, client_.builder(request_, &reuse_),
                  client_.judge("get a range of " + client_.place(key_),
                                [this](const HttpAnswer& answer) { return check(answer); }));
    call_->start();
}

Status RangeFetch::check(const HttpAnswer& answer) const {
    const bool sound = answer.status == 206 && answer.body.size() == length_;
    return sound ? Status() : Status(Code::kCorrupt, "it is not that range");
}

Status RangeFetch::explain(const Status& status) const {
    const std::string& code = status.service_code();
    const bool changed = code == "PreconditionFailed";
    if (!changed && code != "NoSuchKey") return status;
    const std::string what = changed ? " was replaced" : " was removed";
    return Status(Code::kSourceChanged,
                  client_.place(key_) + what +
                      " while it was being read: run the transfer again, it begins anew")
        .with_service_code(code);
}

Result<FetchedRange> RangeFetch::finish() {
    MILLRACE_CHECK(call_.has_value());
    Result<HttpAnswer> answer = call_->finish();
    call_.reset();
    if (!answer.ok()) return explain(answer.status());
    const std::optional<uint64_t> crc = crc64_of(answer->headers);
    return FetchedRange{std::move(answer->body), crc};
}

}  // namespace millrace::oss
