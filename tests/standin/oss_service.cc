#include "tests/standin/oss_service.h"

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>

#include "common/crypto/digest.h"
#include "tests/standin/http_date.h"
#include "tests/standin/oss_actions.h"
#include "tests/standin/seeded.h"

namespace millrace::standin {
namespace {

class OssService final : public Service {
  public:
    OssService(Account account, std::string bucket, const ServerClock& clock, uint64_t seed)
        : account_(std::move(account)), clock_(clock), seed_(seed) {
        buckets_[std::move(bucket)].created_ms = clock_.now_ms();
    }

    std::string name() const override { return "oss"; }

    std::string action_of(const Request& request) const override {
        return oss_action_name(request, parse_oss_target(request));
    }

    Response handle(const Request& request) override {
        const std::string id = next_id();
        Response response = answer(request, id);
        complete(response, id);
        return response;
    }

    Response failure(const Request& request, int status, const std::string& code,
                     const std::string& message) override {
        const std::string id = next_id();
        Response response = oss_error(request, id, status, code, message, {});
        complete(response, id);
        return response;
    }

    void add_counters(nlohmann::json& to) const override {
        std::lock_guard lock(mutex_);
        size_t objects = 0, uploads = 0, bytes = 0;
        for (const auto& [name, bucket] : buckets_) {
            objects += bucket.objects.size();
            uploads += bucket.uploads.size();
            for (const auto& [key, object] : bucket.objects) bytes += object.bytes->size();
        }
        to["objects"] = objects;
        to["object_bytes"] = bytes;
        to["open_uploads"] = uploads;
    }
    void reset_counters() override {}

    bool administer(const std::string& call, const nlohmann::json&,
                    nlohmann::json& answer) override {
        if (call != "GET /oss/objects") return false;
        const std::lock_guard lock(mutex_);
        answer = nlohmann::json::object();
        for (const auto& [name, bucket] : buckets_) {
            for (const auto& [key, object] : bucket.objects) answer[key] = *object.bytes;
        }
        return true;
    }

  private:
    std::string next_id() {
        const uint64_t n = ++requests_;
        const uint64_t words[] = {mix(seed_ + n), mix(mix(seed_) ^ n)};
        return upper_hex({reinterpret_cast<const char*>(words), 12});
    }

    Response answer(const Request& request, const std::string& id) {
        const OssTarget target = parse_oss_target(request);
        const OssAuth auth = authenticate_oss(account_, request, target, clock_.now());
        if (!auth.ok()) {
            return oss_error(request, id, auth.status, auth.code, auth.message, auth.details);
        }
        OssCall call{.request = request,
                     .target = target,
                     .buckets = buckets_,
                     .now_ms = clock_.now_ms(),
                     .id = id,
                     .body = std::make_shared<const std::string>(request.body)};
        call.md5 = md5(request.body);
        call.crc64 = oss_crc64(0, request.body);
        const std::string action = oss_action_name(request, target);
        std::lock_guard lock(mutex_);
        const auto bucket = buckets_.find(target.bucket);
        if (bucket != buckets_.end()) call.bucket = &bucket->second;
        const bool needs_bucket = action != "PutBucket" && action != "ListBuckets";
        if (needs_bucket && !call.bucket) {
            return oss_error(call, 404, "NoSuchBucket", "The specified bucket does not exist.",
                             {{"BucketName", target.bucket}});
        }
        return oss_actions().at(action)(call);
    }

    void complete(Response& response, const std::string& id) const {
        response.headers.emplace_back("Server", "AliyunOSS");
        response.headers.emplace_back("Date", http_date(clock_.now()));
        response.headers.emplace_back("x-oss-request-id", id);
        response.headers.emplace_back("x-oss-server-time", "1");
    }

    const Account account_;
    const ServerClock& clock_;
    const uint64_t seed_;
    std::atomic<uint64_t> requests_{0};
    mutable std::mutex mutex_;
    OssBuckets buckets_;  // guarded by mutex_
};

}  // namespace

std::unique_ptr<Service> make_oss_service(Account account, std::string bucket,
                                          const ServerClock& clock, uint64_t seed) {
    return std::make_unique<OssService>(std::move(account), std::move(bucket), clock, seed);
}

}  // namespace millrace::standin
