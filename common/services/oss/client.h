// A bucket of OSS.
#pragma once

#include <optional>
#include <span>

#include "common/net/call.h"
#include "common/services/oss/answers.h"
#include "common/services/oss/request.h"

namespace millrace::oss {

struct ByteRange {
    uint64_t first = 0;
    uint64_t last = 0;  // inclusive; clamped to the object's end by the service
};

struct PutOptions {
    std::string content_type = "application/octet-stream";
    // FileAlreadyExists instead of replacing an object. After a repetition that may be our own
    // earlier success: compare with head_object(). Versioned buckets ignore it.
    bool forbid_overwrite = false;
};

struct CompletedPart {
    uint32_t number = 0;
    std::string etag;
};

// Used by one thread; `context` outlives it. Every call is repeated as `policy` says; what is said
// of a failure then is its last try. Failures carry the service's code (reply.h). A wrong clock is
// corrected once from the server's date.
class Client {
  public:
    Client(const CallContext& context, Config config, RetryPolicy policy = {});

    Result<BucketInfo> bucket_info();
    Result<bool> bucket_exists();

    // The answer's CRC-64 is checked against the body's.
    Result<ObjectInfo> put_object(const std::string& key, std::string_view body,
                                  const PutOptions& options = {});
    // Whole objects are checked against their CRC-64. kNotFound when there is none.
    Result<Buffer> get_object(const std::string& key);
    // kFatal InvalidRange when the object ends before the range begins.
    Result<Buffer> get_range(const std::string& key, ByteRange range);
    Result<ObjectInfo> head_object(const std::string& key);
    Status delete_object(const std::string& key);  // an absent one is no error
    // In batches of 1000; absent ones are no error.
    Status delete_objects(std::span<const std::string> keys);
    // All objects whose keys begin with `prefix`, in bytewise order; at most `max` are accepted.
    Result<std::vector<ObjectInfo>> list_objects(const std::string& prefix, size_t max = 1'000'000);

    Result<std::string> initiate_multipart(const std::string& key);
    Result<PartInfo> upload_part(const std::string& key, const std::string& upload_id,
                                 uint32_t number, std::string_view body);
    // The object of exactly these parts (ascending) becomes visible; the answer has its ETag and
    // CRC-64, no length. A repetition after a lost answer gives NoSuchUpload: look with
    // head_object().
    Result<ObjectInfo> complete_multipart(const std::string& key, const std::string& upload_id,
                                          std::span<const CompletedPart> parts,
                                          bool forbid_overwrite);
    Status abort_multipart(const std::string& key,
                           const std::string& upload_id);  // gone is no error
    Result<std::vector<PartInfo>> list_parts(const std::string& key, const std::string& upload_id);
    Result<std::vector<UploadInfo>> list_multipart_uploads(const std::string& prefix);

    const Config& config() const { return config_; }

  private:
    friend class PartUpload;
    friend class RangeFetch;
    // Looks at a successful answer; not ok = kCorrupt, so it is asked for again.
    using Check = std::function<Status(const HttpAnswer&)>;

    Result<HttpAnswer> send(const Request& request, std::string what, Check check = {});
    // `reuse`: memory for each answer's body.
    Call::Build builder(const Request& request, Buffer* reuse = nullptr);
    Call::Judge judge(std::string what, Check check);
    Request range_request(const std::string& key, ByteRange range) const;
    std::string place(const std::string& key) const;
    void correct_clock(const HttpAnswer& answer);

    const CallContext& context_;
    Config config_;
    RetryPolicy policy_;
    Duration clock_offset_{0};  // server's time minus ours
};

// One part on its way. finish() is called once after start(); `client` and the body outlive it.
// Destroying it breaks the transfer off.
class PartUpload {
  public:
    PartUpload(Client& client, const std::string& key, const std::string& upload_id,
               uint32_t number, std::string_view body, uint64_t crc64);

    void start() { call_.start(); }
    // The answer's CRC-64 equals `crc64`; where the service sent none, its ETag is the body's MD5.
    Result<PartInfo> finish();

  private:
    Status check(const HttpAnswer& answer) const;

    PartInfo part_;
    Request request_;
    Call call_;
};

}  // namespace millrace::oss
