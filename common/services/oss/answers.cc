#include "common/services/oss/answers.h"

#include <strings.h>

#include <charconv>

#include "common/net/url.h"
#include "common/net/xml.h"

namespace millrace::oss {
namespace {

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return number;
}

std::string_view without_quotes(std::string_view etag) {
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
        etag = etag.substr(1, etag.size() - 2);
    }
    return etag;
}

Status odd_answer(std::string_view why) {
    return Status(Code::kCorrupt, "an answer of OSS cannot be used: " + std::string(why));
}

Result<XmlElement> document(const HttpAnswer& answer, std::string_view root) {
    MILLRACE_ASSIGN(XmlElement xml, parse_xml(answer.body.view()));
    if (xml.name != root) {
        return odd_answer("<" + std::string(root) + "> was expected, not <" + xml.name + ">");
    }
    return xml;
}

// Keys are sent percent-encoded where the request asked for that, because XML cannot hold all of
// them.
std::string key_text(const XmlElement& page, std::string_view text) {
    return page.text_of("EncodingType") == "url" ? percent_decode(text) : std::string(text);
}

bool truncated(const XmlElement& page) {
    return page.text_of("IsTruncated") == "true";
}

Result<ObjectInfo> listed_object(const XmlElement& page, const XmlElement& entry) {
    const auto length = number_of<uint64_t>(entry.text_of("Size"));
    if (!length || entry.text_of("Key").empty()) return odd_answer("a listed object has no size");
    ObjectInfo object;
    object.key = key_text(page, entry.text_of("Key"));
    object.length = *length;
    object.etag = std::string(without_quotes(entry.text_of("ETag")));
    object.type = std::string(entry.text_of("Type"));
    return object;
}

}  // namespace

std::optional<uint64_t> crc64_of(const Headers& headers) {
    return number_of<uint64_t>(find_header(headers, "x-oss-hash-crc64ecma"));
}

std::string etag_of(const Headers& headers) {
    return std::string(without_quotes(find_header(headers, "etag")));
}

bool same_etag(std::string_view a, std::string_view b) {
    a = without_quotes(a);
    b = without_quotes(b);
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

Result<BucketInfo> read_bucket_info(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "BucketInfo"));
    const XmlElement* bucket = xml.child("Bucket");
    if (!bucket || bucket->text_of("Name").empty()) return odd_answer("the bucket has no name");
    return BucketInfo{std::string(bucket->text_of("Name")),
                      std::string(bucket->text_of("Location"))};
}

Result<ObjectInfo> read_object_headers(const HttpAnswer& answer) {
    const auto length = number_of<uint64_t>(find_header(answer.headers, "content-length"));
    if (!length) return odd_answer("an object has no length");
    ObjectInfo object;
    object.length = *length;
    object.etag = etag_of(answer.headers);
    object.crc64 = crc64_of(answer.headers);
    object.type = std::string(find_header(answer.headers, "x-oss-object-type"));
    return object;
}

Result<std::string> read_upload_id(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "InitiateMultipartUploadResult"));
    if (xml.text_of("UploadId").empty()) return odd_answer("a new upload has no id");
    return std::string(xml.text_of("UploadId"));
}

Result<std::string> read_completed_etag(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "CompleteMultipartUploadResult"));
    if (xml.text_of("ETag").empty()) return odd_answer("a completed object has no ETag");
    return std::string(without_quotes(xml.text_of("ETag")));
}

Result<PartPage> read_parts(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "ListPartsResult"));
    PartPage page;
    for (const XmlElement& entry : xml.children) {
        if (entry.name != "Part") continue;
        const auto number = number_of<uint32_t>(entry.text_of("PartNumber"));
        const auto length = number_of<uint64_t>(entry.text_of("Size"));
        if (!number || !length) return odd_answer("a listed part has no number or size");
        page.parts.push_back({*number, *length, std::string(without_quotes(entry.text_of("ETag"))),
                              number_of<uint64_t>(entry.text_of("HashCrc64ecma"))});
    }
    if (truncated(xml)) {
        page.next = number_of<uint32_t>(xml.text_of("NextPartNumberMarker"));
        if (!page.next) return odd_answer("a list of parts does not say where it goes on");
    }
    return page;
}

Result<UploadPage> read_uploads(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "ListMultipartUploadsResult"));
    UploadPage page;
    for (const XmlElement& entry : xml.children) {
        if (entry.name != "Upload") continue;
        page.uploads.push_back({key_text(xml, entry.text_of("Key")),
                                std::string(entry.text_of("UploadId")),
                                std::string(entry.text_of("Initiated"))});
    }
    if (truncated(xml)) {
        page.next.emplace(key_text(xml, xml.text_of("NextKeyMarker")),
                          xml.text_of("NextUploadIdMarker"));
        if (page.next->first.empty()) {
            return odd_answer("a list of uploads does not say where it goes on");
        }
    }
    return page;
}

Result<ObjectPage> read_objects(const HttpAnswer& answer) {
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "ListBucketResult"));
    ObjectPage page;
    for (const XmlElement& entry : xml.children) {
        if (entry.name != "Contents") continue;
        MILLRACE_ASSIGN(ObjectInfo object, listed_object(xml, entry));
        page.objects.push_back(std::move(object));
    }
    if (truncated(xml)) {
        const std::string_view token = xml.text_of("NextContinuationToken");
        page.next = token.empty() ? key_text(xml, xml.text_of("NextMarker")) : std::string(token);
        if (page.next->empty()) return odd_answer("a listing does not say where it goes on");
    }
    return page;
}

Result<std::vector<std::string>> read_deleted(const HttpAnswer& answer) {
    std::vector<std::string> keys;
    if (answer.body.empty()) return keys;
    MILLRACE_ASSIGN(const XmlElement xml, document(answer, "DeleteResult"));
    for (const XmlElement& entry : xml.children) {
        if (entry.name == "Deleted") keys.push_back(key_text(xml, entry.text_of("Key")));
    }
    return keys;
}

}  // namespace millrace::oss
