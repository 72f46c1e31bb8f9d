// Reading one version of an object range by range, one range on its way at a time.
#pragma once

#include "common/services/oss/client.h"

namespace millrace::oss {

struct FetchedRange {
    Buffer body;
    std::optional<uint64_t> crc64;  // of the whole object, when the service says it
};

// Used by the client's thread; `client` outlives it. Destroying it breaks off what is under way.
class RangeFetch {
  public:
    // With an `etag` only that version is read.
    RangeFetch(Client& client, std::string key, std::string etag);
    RangeFetch(RangeFetch&&) = delete;

    // Sends the request for a range that lies within the object and returns at once. `reuse` is
    // memory that is no longer needed.
    void start(ByteRange range, Buffer reuse = {});
    // Waits, repeating as the client does. Exactly the range's bytes. Called once after start().
    // kFatal naming the object when it was replaced (PreconditionFailed) or removed (NoSuchKey).
    Result<FetchedRange> finish();
    bool started() const { return call_.has_value(); }

  private:
    HttpRequest build();
    Status check(const HttpAnswer& answer) const;
    Status explain(const Status& status) const;

    Client& client_;
    const std::string key_;
    const std::string etag_;
    Request request_;
    uint64_t length_ = 0;
    Buffer reuse_;
    std::optional<Call> call_;
};

}  // namespace millrace::oss
