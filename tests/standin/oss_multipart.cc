#include <algorithm>
#include <cstdlib>

#include "common/crypto/digest.h"
#include "tests/standin/oss_actions.h"
#include "tests/standin/oss_xml.h"
#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

constexpr size_t kPartMin = 100 * 1024;  // of every part but the last
constexpr uint32_t kNumberMax = 10'000;
constexpr size_t kPageMax = 1000;

// The upload of the request, when its key is the request's too.
OssUpload* upload_of(OssCall& call) {
    const auto found = call.bucket->uploads.find(call.parameter("uploadId"));
    if (found == call.bucket->uploads.end() || found->second.key != call.target.key) return nullptr;
    return &found->second;
}

Response no_such_upload(const OssCall& call) {
    return oss_error(call, 404, "NoSuchUpload",
                     "The specified upload does not exist. The upload ID may be invalid, or the "
                     "upload may have been aborted or completed.",
                     {{"UploadId", call.parameter("uploadId")}});
}

size_t page_size(const OssCall& call, const char* name) {
    const std::string text = call.parameter(name);
    const size_t asked = text.empty() ? kPageMax : std::strtoull(text.c_str(), nullptr, 10);
    return std::clamp<size_t>(asked, 1, kPageMax);
}

// What `sent` lacks, as an error; nothing when the object can be made of it.
std::optional<Response> bad_parts(const OssCall& call, const OssUpload& upload,
                                  const std::vector<SentPart>& sent) {
    for (size_t i = 0; i < sent.size(); ++i) {
        if (i > 0 && sent[i].number <= sent[i - 1].number) {
            return oss_error(call, 400, "InvalidPartOrder",
                             "The list of parts was not in ascending order.");
        }
        const auto part = upload.parts.find(sent[i].number);
        if (part == upload.parts.end() || lower(part->second.etag) != lower(sent[i].etag)) {
            return oss_error(call, 400, "InvalidPart",
                             "One or more of the specified parts could not be found or the "
                             "specified entity tag might not have matched the part's entity tag.",
                             {{"UploadId", call.parameter("uploadId")},
                              {"PartNumber", std::to_string(sent[i].number)},
                              {"PartEtag", sent[i].etag}});
        }
    }
    for (size_t i = 0; i + 1 < sent.size(); ++i) {
        const OssStoredPart& part = upload.parts.at(sent[i].number);
        if (part.bytes->size() >= kPartMin) continue;
        return oss_error(call, 400, "EntityTooSmall",
                         "Your proposed upload is smaller than the minimum allowed size.",
                         {{"ProposedSize", std::to_string(part.bytes->size())},
                          {"MinSizeAllowed", std::to_string(kPartMin)},
                          {"PartNumber", std::to_string(sent[i].number)},
                          {"ETag", part.etag}});
    }
    return std::nullopt;
}

OssObject assemble(const OssCall& call, const OssUpload& upload,
                   const std::vector<SentPart>& sent) {
    std::string bytes, tags;
    for (const SentPart& one : sent) {
        const OssStoredPart& part = upload.parts.at(one.number);
        bytes += *part.bytes;
        tags += from_hex(part.etag);
    }
    OssObject object;
    object.etag = quoted(upper_hex(md5(tags)) + "-" + std::to_string(sent.size()));
    object.type = "Multipart";
    object.crc64 = oss_crc64(0, bytes);
    object.bytes = std::make_shared<const std::string>(std::move(bytes));
    object.modified_ms = call.now_ms;
    object.kept = upload.kept;
    return object;
}

}  // namespace

Response initiate_multipart_upload(OssCall& call) {
    if (overwrite_forbidden(call)) return already_exists(call);
    const std::string id = upper_hex(md5("upload" + call.id));
    call.bucket->uploads[id] = {call.target.key, kept_headers(call), call.now_ms, {}};
    std::string xml = "<InitiateMultipartUploadResult>";
    if (call.target.has("encoding-type")) xml += xml_element("EncodingType", "url");
    return oss_document(xml + xml_element("Bucket", call.target.bucket) +
                        xml_element("Key", call.listed(call.target.key)) +
                        xml_element("UploadId", id) + "</InitiateMultipartUploadResult>");
}

Response upload_part(OssCall& call) {
    const std::string text = call.parameter("partNumber");
    const auto number = static_cast<uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
    if (number < 1 || number > kNumberMax) {
        return oss_error(call, 400, "InvalidArgument",
                         "Part number must be an integer between 1 and 10000, inclusive.",
                         {{"ArgumentName", "partNumber"}, {"ArgumentValue", text}});
    }
    OssUpload* upload = upload_of(call);
    if (!upload) return no_such_upload(call);
    const std::string sent = call.header("content-md5");
    if (!sent.empty() && sent != base64(call.md5)) {
        return oss_error(call, 400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    const std::string etag = upper_hex(call.md5);
    upload->parts[number] = {call.body, etag, call.crc64, call.now_ms};
    Response response;
    response.headers = {{"ETag", quoted(etag)},
                        {"Content-MD5", base64(call.md5)},
                        {"x-oss-hash-crc64ecma", std::to_string(call.crc64)}};
    return response;
}

Response upload_part_copy(OssCall& call) {
    Response error;
    const OssObject* source = copy_source(call, error);
    if (!source) return error;
    std::string bytes = *source->bytes;
    unsigned long long first = 0, last = 0;
    if (std::sscanf(call.header("x-oss-copy-source-range").c_str(), "bytes=%llu-%llu", &first,
                    &last) == 2) {
        if (first >= bytes.size() || last < first) {
            return oss_error(call, 416, "InvalidRange", "The requested range cannot be satisfied.");
        }
        bytes = bytes.substr(first, last - first + 1);
    }
    call.md5 = md5(bytes);
    call.crc64 = oss_crc64(0, bytes);
    call.body = std::make_shared<const std::string>(std::move(bytes));
    const Response stored = upload_part(call);
    if (stored.status != 200) return stored;
    const std::string etag = quoted(upper_hex(call.md5));
    Response response =
        oss_document("<CopyPartResult>" + xml_element("LastModified", oss_time(call.now_ms)) +
                     xml_element("ETag", etag) + "</CopyPartResult>");
    response.headers.emplace_back("ETag", etag);
    return response;
}

Response complete_multipart_upload(OssCall& call) {
    OssUpload* upload = upload_of(call);
    if (!upload) return no_such_upload(call);
    std::vector<SentPart> sent;
    if (call.header("x-oss-complete-all") == "yes") {
        for (const auto& [number, part] : upload->parts) sent.push_back({number, part.etag});
    } else {
        const auto list = read_part_list(*call.body);
        if (!list) {
            return oss_error(call, 400, "MalformedXML",
                             "The XML you provided was not well-formed.");
        }
        sent = *list;
    }
    if (auto error = bad_parts(call, *upload, sent)) return *error;
    if (overwrite_forbidden(call)) return already_exists(call);
    OssObject object = assemble(call, *upload, sent);
    std::string xml = "<CompleteMultipartUploadResult>";
    if (call.target.has("encoding-type")) xml += xml_element("EncodingType", "url");
    const std::string host = call.header("host");
    const std::string place = call.target.virtual_host ? host : host + "/" + call.target.bucket;
    Response response =
        oss_document(xml + xml_element("Location", "http://" + place + "/" + call.target.key) +
                     xml_element("Bucket", call.target.bucket) +
                     xml_element("Key", call.listed(call.target.key)) +
                     xml_element("ETag", object.etag) + "</CompleteMultipartUploadResult>");
    response.headers.emplace_back("x-oss-hash-crc64ecma", std::to_string(object.crc64));
    response.headers.emplace_back("ETag", object.etag);
    call.bucket->objects[call.target.key] = std::move(object);
    call.bucket->uploads.erase(call.parameter("uploadId"));
    return response;
}

Response abort_multipart_upload(OssCall& call) {
    if (!upload_of(call)) return no_such_upload(call);
    call.bucket->uploads.erase(call.parameter("uploadId"));
    Response response;
    response.status = 204;
    return response;
}

Response list_parts(OssCall& call) {
    const OssUpload* upload = upload_of(call);
    if (!upload) return no_such_upload(call);
    const std::string marker = call.parameter("part-number-marker");
    const auto after = static_cast<uint32_t>(std::strtoul(marker.c_str(), nullptr, 10));
    const size_t max = page_size(call, "max-parts");
    std::string entries;
    size_t count = 0;
    uint32_t last = after;
    auto part = upload->parts.upper_bound(after);
    for (; part != upload->parts.end() && count < max; ++part, ++count) {
        last = part->first;
        entries += "<Part>" + xml_element("PartNumber", std::to_string(last)) +
                   xml_element("LastModified", oss_time(part->second.modified_ms)) +
                   xml_element("ETag", quoted(part->second.etag)) +
                   xml_element("HashCrc64ecma", std::to_string(part->second.crc64)) +
                   xml_element("Size", std::to_string(part->second.bytes->size())) + "</Part>";
    }
    const bool more = part != upload->parts.end();
    std::string xml = "<ListPartsResult>";
    if (call.target.has("encoding-type")) xml += xml_element("EncodingType", "url");
    return oss_document(xml + xml_element("Bucket", call.target.bucket) +
                        xml_element("Key", call.listed(call.target.key)) +
                        xml_element("UploadId", call.parameter("uploadId")) +
                        xml_element("StorageClass", "Standard") +
                        xml_element("PartNumberMarker", std::to_string(after)) +
                        xml_element("NextPartNumberMarker", std::to_string(last)) +
                        xml_element("MaxParts", std::to_string(max)) +
                        xml_element("IsTruncated", more ? "true" : "false") + entries +
                        "</ListPartsResult>");
}

Response list_multipart_uploads(OssCall& call) {
    const std::string prefix = call.parameter("prefix");
    const std::pair after(call.parameter("key-marker"), call.parameter("upload-id-marker"));
    const size_t max = page_size(call, "max-uploads");
    std::map<std::pair<std::string, std::string>, int64_t> chosen;  // by key, then id
    for (const auto& [id, upload] : call.bucket->uploads) {
        if (!upload.key.starts_with(prefix)) continue;
        // Without an id the marker stands behind all uploads of its key.
        const bool behind =
            after.second.empty() ? upload.key > after.first : std::pair(upload.key, id) > after;
        if (after.first.empty() || behind) chosen[{upload.key, id}] = upload.initiated_ms;
    }
    std::string entries;
    std::pair<std::string, std::string> last;
    size_t count = 0;
    for (auto entry = chosen.begin(); entry != chosen.end() && count < max; ++entry, ++count) {
        last = entry->first;
        entries += "<Upload>" + xml_element("Key", call.listed(last.first)) +
                   xml_element("UploadId", last.second) + xml_element("StorageClass", "Standard") +
                   xml_element("Initiated", oss_time(entry->second)) + "</Upload>";
    }
    const bool more = count < chosen.size();
    if (!more) last = {};
    std::string xml = "<ListMultipartUploadsResult>";
    if (call.target.has("encoding-type")) xml += xml_element("EncodingType", "url");
    return oss_document(xml + xml_element("Bucket", call.target.bucket) +
                        xml_element("KeyMarker", call.listed(after.first)) +
                        xml_element("UploadIdMarker", after.second) +
                        xml_element("NextKeyMarker", call.listed(last.first)) +
                        xml_element("NextUploadIdMarker", last.second) +
                        xml_element("Delimiter", call.listed(call.parameter("delimiter"))) +
                        xml_element("Prefix", call.listed(prefix)) +
                        xml_element("MaxUploads", std::to_string(max)) +
                        xml_element("IsTruncated", more ? "true" : "false") + entries +
                        "</ListMultipartUploadsResult>");
}

}  // namespace millrace::standin
