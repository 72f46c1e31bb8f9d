// Change records of table `user_info` as the service answers them: key uid, columns name,
// phone_number and content (913 bytes; every 64th with Chinese, quotes and a line end). 1,092 bytes
// as a PlainBuffer, 958 as csv; 933 of them in a page of 1 MiB.
#pragma once

#include <string>
#include <vector>

#include "common/codec/plainbuffer/model.h"
#include "tablestore.pb.h"

namespace millrace::bench {

constexpr uint64_t kRecordsPerPage = 933;
constexpr uint64_t kDistinctPages = 16;  // larger than the caches in the middle
constexpr int64_t kFirstRecordUs = 1'700'000'000'000'000;

struct Texts {
    std::string uid, name, phone, content;
};
// The values of the n-th record.
Texts texts_of(uint64_t n);
// The PlainBuffer of the n-th record.
std::string record(uint64_t n, bool update = false);
// A value of `content`.
std::string content_text(uint64_t n);
// The n-th answer of GetStreamRecord, with more to come.
std::string page(uint64_t n, bool update);
// The n-th answer of GetRange, with more to come: the same rows without their place in a stream.
std::string range_page(uint64_t n);
// The same records as csv: uid, name, phone_number, content.
std::string csv_page(uint64_t n);

}  // namespace millrace::bench
