// Reading a shard's records page by page, one page ahead.
#pragma once

#include "common/services/tablestore/page_fetch.h"

namespace millrace::tablestore {

struct StreamRecordView {
    wire::ActionType action = wire::PUT_ROW;
    std::string_view record;  // a PlainBuffer; not looked into
};

// An answer of GetStreamRecord.
struct StreamPage {
    static constexpr std::string_view kAction = "GetStreamRecord";
    static constexpr std::string_view kWhat = "read records of a shard";

    Buffer body;
    TimePoint server_time;
    std::optional<std::string> next_iterator;  // absent = the shard is closed and read to its end
    bool may_more_record = false;
    std::vector<StreamRecordView> records;

    // Takes the message apart without copying records. Unknown fields are skipped. kCorrupt when it
    // is none.
    Status read(std::string_view message);
};

class StreamFetch : private PageFetch<StreamPage> {
  public:
    using PageFetch::finish;
    using PageFetch::PageFetch;
    using PageFetch::started;

    void start(const std::string& iterator, std::optional<int> limit = {}, StreamPage reuse = {});
};

}  // namespace millrace::tablestore
