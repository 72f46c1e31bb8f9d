// Pages of an answer that goes on and on, fetched while the one before is worked off.
#pragma once

#include "common/base/check.h"
#include "common/services/tablestore/client.h"
#include "common/services/tablestore/reply.h"

namespace millrace::tablestore {

// A Page has: kAction and kWhat (for errors); `Buffer body`; `TimePoint server_time`; and
// `Status read(std::string_view message)`, which takes the message apart into views of it. Made to
// be used again: its memory is kept. Moving it keeps the views; they end with it.
//
// One request at a time; used by the client's thread, `client` outlives it. Destroying it breaks
// off what is under way.
template <typename Page>
class PageFetch {
  public:
    explicit PageFetch(Client& client) : client_(client) {}
    PageFetch(PageFetch&&) = delete;

    // Sends the request and returns at once. `reuse` is a page that is no longer needed.
    void start(const google::protobuf::MessageLite& request, Page reuse) {
        MILLRACE_CHECK(!call_);
        request_ = request.SerializeAsString();
        page_ = std::move(reuse);
        call_.emplace(
            client_.context_, client_.policy(), [this] { return build(); },
            client_.judge(Page::kAction, std::string(Page::kWhat),
                          [this](const HttpAnswer& answer) { return read(answer); }));
        call_->start();
    }
    // Waits, repeating as the client does. Called once after start().
    Result<Page> finish() {
        MILLRACE_CHECK(call_.has_value());
        Result<HttpAnswer> answer = call_->finish();
        call_.reset();
        if (!answer.ok()) return answer.status();
        page_.body = std::move(answer->body);
        // What was decompressed is where the views point to; the compressed bytes' memory is used
        // next.
        if (!inflated_.empty()) page_.body.swap(inflated_);
        inflated_.clear();
        return std::move(page_);
    }
    bool started() const { return call_.has_value(); }
    // Breaks off what is under way, if anything.
    void cancel() { call_.reset(); }

  private:
    HttpRequest build() {
        HttpRequest http = to_http(client_.config(), {Page::kAction, request_}, client_.now());
        http.answer_buffer = std::move(page_.body);
        return http;
    }
    // Views stay right when the answer's body is moved into the page afterwards.
    Status read(const HttpAnswer& answer) {
        inflated_.clear();
        MILLRACE_ASSIGN(const std::string_view message, content_of(answer, inflated_));
        page_.server_time = client_.server_time().value_or(TimePoint());
        return page_.read(message);
    }

    Client& client_;
    std::string request_;
    Page page_;
    Buffer inflated_;
    std::optional<Call> call_;
};

}  // namespace millrace::tablestore
