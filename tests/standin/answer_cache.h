// Answers of GetStreamRecord that will never change, kept with their MD5: measuring tools read the
// same records many times, and the MD5 is most of what an answer costs.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "tests/standin/http_server.h"

namespace millrace::standin {

struct Answer {
    Body body;
    std::string md5;  // base64; empty = not computed yet
};

// Thread-safe. Keeps what comes until it is full; nothing is evicted.
class AnswerCache {
  public:
    explicit AnswerCache(size_t bytes_max) : bytes_left_(bytes_max) {}
    // An empty page when there is none.
    Answer find(const std::string& key) const {
        const std::lock_guard lock(mutex_);
        const auto found = answers_.find(key);
        return found == answers_.end() ? Answer() : found->second;
    }
    bool wants(size_t bytes) const {
        const std::lock_guard lock(mutex_);
        return bytes <= bytes_left_;
    }
    void keep(const std::string& key, const Answer& page) {
        const std::lock_guard lock(mutex_);
        if (page.body->size() > bytes_left_ || !answers_.emplace(key, page).second) return;
        bytes_left_ -= page.body->size();
    }

  private:
    mutable std::mutex mutex_;
    size_t bytes_left_;
    std::unordered_map<std::string, Answer> answers_;
};

}  // namespace millrace::standin
