// Reading a shard's records page by page, one page ahead.
#pragma once

#include "common/services/tablestore/client.h"

namespace millrace::tablestore {

struct StreamRecordView {
    wire::ActionType action = wire::PUT_ROW;
    std::string_view record;  // a PlainBuffer; not looked into
};

// An answer of GetStreamRecord. Made to be used again: its memory is kept. Moving it keeps the
// views of its records; they end with it.
struct StreamPage {
    Buffer body;
    TimePoint server_time;
    std::optional<std::string> next_iterator;  // absent = the shard is closed and read to its end
    bool may_more_record = false;
    std::vector<StreamRecordView> records;
};

// One request at a time; used by the client's thread, `client` outlives it. Destroying it breaks
// off what is under way.
class StreamFetch {
  public:
    explicit StreamFetch(Client& client) : client_(client) {}
    StreamFetch(StreamFetch&&) = delete;

    // Sends the request and returns at once. `reuse` is a page that is no longer needed.
    void start(const std::string& iterator, std::optional<int> limit = {}, StreamPage reuse = {});
    // Waits, repeating as the client does. Called once after start().
    Result<StreamPage> finish();
    bool started() const { return call_.has_value(); }

  private:
    HttpRequest build();
    Status read(const HttpAnswer& answer);

    Client& client_;
    std::string request_;
    StreamPage page_;
    Buffer inflated_;
    std::optional<Call> call_;
};

// Takes the message of GetStreamRecord apart into `page`, without copying records. Unknown fields
// are skipped. kCorrupt when it is none.
Status read_stream_page(std::string_view message, StreamPage& page);

}  // namespace millrace::tablestore
