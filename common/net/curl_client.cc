#include "common/net/curl_client.h"

#include <curl/curl.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "common/base/check.h"
#include "common/net/curl_transfer.h"

namespace millrace {

// The network thread with its curl multi handle. Other threads only touch what the mutex guards.
class CurlClient::Loop {
  public:
    explicit Loop(Clock& clock) : clock_(clock), multi_(curl_multi_init()) {
        MILLRACE_CHECK(multi_ != nullptr);
        curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, 64L);
        thread_ = std::thread([this] { run(); });
    }

    ~Loop() {
        {
            std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        curl_multi_wakeup(multi_);
        thread_.join();
        for (auto& [ticket, transfer] : transfers_) {
            if (transfer->started && !transfer->done) {
                curl_multi_remove_handle(multi_, transfer->easy());
            }
            curl_easy_cleanup(transfer->easy());
        }
        for (CURL* easy : idle_) curl_easy_cleanup(easy);
        curl_multi_cleanup(multi_);
    }

    Ticket submit(HttpRequest request) {
        CURL* easy = borrow();
        auto transfer = std::make_unique<CurlTransfer>(easy, std::move(request), clock_);
        Ticket ticket;
        {
            std::lock_guard lock(mutex_);
            ticket = ++last_;
            transfers_.emplace(ticket, std::move(transfer));
            waiting_.push_back(ticket);
        }
        curl_multi_wakeup(multi_);
        return ticket;
    }

    Result<HttpAnswer> wait(Ticket ticket) {
        std::unique_lock lock(mutex_);
        const auto found = transfers_.find(ticket);
        MILLRACE_CHECK(found != transfers_.end());
        CurlTransfer& transfer = *found->second;
        changed_.wait(lock, [&] { return transfer.done; });
        Result<HttpAnswer> answer = transfer.take();
        forget(found);
        return answer;
    }

    void cancel(Ticket ticket) {
        std::unique_lock lock(mutex_);
        const auto found = transfers_.find(ticket);
        MILLRACE_CHECK(found != transfers_.end());
        CurlTransfer& transfer = *found->second;
        if (!transfer.done) {
            cancelled_.push_back(ticket);
            curl_multi_wakeup(multi_);
            changed_.wait(lock, [&] { return transfer.done; });
        }
        forget(found);
    }

  private:
    using Transfers = std::map<Ticket, std::unique_ptr<CurlTransfer>>;

    CURL* borrow() {
        {
            std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                CURL* easy = idle_.back();
                idle_.pop_back();
                return easy;
            }
        }
        CURL* easy = curl_easy_init();
        MILLRACE_CHECK(easy != nullptr);
        return easy;
    }

    void forget(Transfers::iterator transfer) {
        idle_.push_back(transfer->second->easy());
        transfers_.erase(transfer);
    }

    void run() {
        for (;;) {
            {
                std::lock_guard lock(mutex_);
                if (stopping_) return;
                start_waiting();
                stop_cancelled();
            }
            int running = 0;
            curl_multi_perform(multi_, &running);
            collect();
            curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
        }
    }

    void start_waiting() {
        for (Ticket ticket : std::exchange(waiting_, {})) {
            const auto found = transfers_.find(ticket);
            if (found == transfers_.end()) continue;
            found->second->started = true;
            curl_multi_add_handle(multi_, found->second->easy());
        }
    }

    void stop_cancelled() {
        bool any = false;
        for (Ticket ticket : std::exchange(cancelled_, {})) {
            // It may have ended, and been forgotten, while its cancelling was on the way.
            const auto found = transfers_.find(ticket);
            if (found == transfers_.end()) continue;
            CurlTransfer& transfer = *found->second;
            if (!transfer.done) {
                curl_multi_remove_handle(multi_, transfer.easy());
                transfer.complete(CURLE_ABORTED_BY_CALLBACK);
            }
            any = true;
        }
        if (any) changed_.notify_all();
    }

    void collect() {
        int left = 0;
        bool any = false;
        while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL* easy = message->easy_handle;
            const CURLcode outcome = message->data.result;
            CurlTransfer* transfer = nullptr;
            curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
            curl_multi_remove_handle(multi_, easy);
            std::lock_guard lock(mutex_);
            transfer->complete(outcome);
            any = true;
        }
        if (any) changed_.notify_all();
    }

    Clock& clock_;
    CURLM* multi_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Transfers transfers_;            // guarded by mutex_
    std::vector<Ticket> waiting_;    // guarded by mutex_: submitted, not yet given to curl
    std::vector<Ticket> cancelled_;  // guarded by mutex_
    std::vector<CURL*> idle_;        // guarded by mutex_: handles to use again
    Ticket last_ = 0;                // guarded by mutex_
    bool stopping_ = false;          // guarded by mutex_
};

CurlClient::CurlClient(Clock& clock) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    MILLRACE_CHECK(initialised == CURLE_OK);
    loop_ = std::make_unique<Loop>(clock);
}

CurlClient::~CurlClient() = default;

HttpClient::Ticket CurlClient::submit(HttpRequest request) {
    return loop_->submit(std::move(request));
}
Result<HttpAnswer> CurlClient::wait(Ticket ticket) {
    return loop_->wait(ticket);
}
void CurlClient::cancel(Ticket ticket) {
    loop_->cancel(ticket);
}

}  // namespace millrace
