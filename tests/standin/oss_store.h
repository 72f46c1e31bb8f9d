// What the OSS of the stand-in holds, all in memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/standin/http_server.h"

namespace millrace::standin {

struct OssObject {
    Body bytes = nullptr;
    std::string etag = {};  // with its quotes
    std::string md5 = {};   // base64, of type Normal only
    std::string type = "Normal";
    uint64_t crc64 = 0;
    int64_t modified_ms = 0;
    Headers kept = {};  // Content-Type, x-oss-meta-* and the like, given back as they came
};

struct OssStoredPart {
    Body bytes;
    std::string etag;
    uint64_t crc64 = 0;
    int64_t modified_ms = 0;
};

struct OssUpload {
    std::string key;
    Headers kept;
    int64_t initiated_ms = 0;
    std::map<uint32_t, OssStoredPart> parts;
};

struct OssBucket {
    int64_t created_ms = 0;
    std::map<std::string, OssObject> objects;  // bytewise, as listings are
    std::map<std::string, OssUpload> uploads;  // by id
};

using OssBuckets = std::map<std::string, OssBucket>;

}  // namespace millrace::standin
