// The Tablestore service: envelope, signatures and dispatch around the actions.
#pragma once

#include <atomic>

#include "tests/standin/answer_cache.h"
#include "tests/standin/auth_ots.h"
#include "tests/standin/database.h"
#include "tests/standin/served_records.h"
#include "tests/standin/service.h"

namespace millrace::standin {

class OtsService final : public Service {
  public:
    // `cache_bytes`: how much of stream pages may be kept.
    OtsService(Account account, std::string instance, Database& database, size_t cache_bytes = 0)
        : account_(std::move(account)),
          instance_(std::move(instance)),
          database_(database),
          cache_(cache_bytes) {}

    std::string name() const override { return "ots"; }
    std::string action_of(const Request& request) const override { return ots_action(request); }
    Response handle(const Request& request) override;
    Response failure(const Request& request, int status, const std::string& code,
                     const std::string& message) override;
    void add_counters(nlohmann::json& to) const override;
    void reset_counters() override { served_.reset(); }

  private:
    Answer run(const Request& request);
    Response answer(const Request& request, int status, Answer page, TimePoint date);

    const Account account_;
    const std::string instance_;
    Database& database_;
    ServedRecords served_;
    AnswerCache cache_;
    std::atomic<uint64_t> requests_{0};
};

}  // namespace millrace::standin
