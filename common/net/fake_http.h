// An HttpClient for unit tests: a function answers.
#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "common/net/http.h"

namespace millrace {

// Thread-safe when the handler is. The handler runs inside submit().
class FakeHttp final : public HttpClient {
  public:
    using Handler = std::function<Result<HttpAnswer>(const HttpRequest&)>;
    explicit FakeHttp(Handler handler) : handler_(std::move(handler)) {}

    Ticket submit(HttpRequest request) override {
        Result<HttpAnswer> answer = handler_(request);
        std::lock_guard lock(mutex_);
        answers_.emplace(++last_, std::move(answer));
        return last_;
    }
    Result<HttpAnswer> wait(Ticket ticket) override {
        std::lock_guard lock(mutex_);
        auto node = answers_.extract(ticket);
        if (node.empty()) return fatal_error("unknown ticket");
        return std::move(node.mapped());
    }
    void cancel(Ticket ticket) override {
        std::lock_guard lock(mutex_);
        answers_.erase(ticket);
    }

    static HttpAnswer answer(int status, std::string_view body, Headers headers = {}) {
        HttpAnswer made;
        made.status = status;
        made.headers = std::move(headers);
        made.body.append(body);
        return made;
    }

  private:
    Handler handler_;
    std::mutex mutex_;
    std::map<Ticket, Result<HttpAnswer>> answers_;
    Ticket last_ = 0;
};

}  // namespace millrace
