// Reading a range of rows page by page, one page ahead.
#pragma once

#include "common/services/tablestore/page_fetch.h"

namespace millrace::tablestore {

// An answer of GetRange.
struct RangePage {
    static constexpr std::string_view kAction = "GetRange";
    static constexpr std::string_view kWhat = "read a range of rows";

    Buffer body;
    TimePoint server_time;
    std::string_view rows;            // a PlainBuffer of any number of rows; empty = none
    std::optional<std::string> next;  // the key where the next page begins; absent = no more

    // Takes the message apart without copying rows. Unknown fields are skipped. kCorrupt when it is
    // none.
    Status read(std::string_view message);
};

using RangeFetch = PageFetch<RangePage>;

}  // namespace millrace::tablestore
