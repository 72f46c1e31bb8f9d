// The contents of successful answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/net/http.h"

namespace millrace::oss {

struct BucketInfo {
    std::string name;
    std::string location;  // "oss-cn-hangzhou"
};

// ETags are kept without their quotes, as sent otherwise; compare them with same_etag().
struct ObjectInfo {
    std::string key;
    uint64_t length = 0;
    std::string etag;
    std::optional<uint64_t> crc64;  // not in listings, and absent on very old objects
    std::string type;               // "Normal", "Multipart", "Appendable"
};

struct PartInfo {
    uint32_t number = 0;
    uint64_t length = 0;
    std::string etag;
    std::optional<uint64_t> crc64;
};

struct UploadInfo {
    std::string key;
    std::string upload_id;
    std::string initiated;  // "2026-11-20T17:46:33.000Z"
};

// A page of a listing and where the next one begins; none = this was the last.
struct ObjectPage {
    std::vector<ObjectInfo> objects;
    std::optional<std::string> next;
};
struct PartPage {
    std::vector<PartInfo> parts;
    std::optional<uint32_t> next;
};
struct UploadPage {
    std::vector<UploadInfo> uploads;
    std::optional<std::pair<std::string, std::string>> next;  // key, upload id
};

// kCorrupt when the answer is not what the operation gives.
Result<BucketInfo> read_bucket_info(const HttpAnswer& answer);
Result<ObjectInfo> read_object_headers(const HttpAnswer& answer);
Result<std::string> read_upload_id(const HttpAnswer& answer);  // of Initiate
Result<std::string> read_completed_etag(const HttpAnswer& answer);
Result<PartPage> read_parts(const HttpAnswer& answer);
Result<UploadPage> read_uploads(const HttpAnswer& answer);
Result<ObjectPage> read_objects(const HttpAnswer& answer);  // V1 and V2
// The keys that are gone; none when the request asked for quiet.
Result<std::vector<std::string>> read_deleted(const HttpAnswer& answer);

std::optional<uint64_t> crc64_of(const Headers& headers);
std::string etag_of(const Headers& headers);
bool same_etag(std::string_view a, std::string_view b);  // quotes and case do not count

}  // namespace millrace::oss
