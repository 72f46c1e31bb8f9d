#include <isa-l/crc64.h>

#include "common/crypto/digest.h"
#include "tests/standin/oss_actions.h"
#include "tests/standin/xml.h"

namespace millrace::standin {

std::string OssCall::parameter(std::string_view name) const {
    const std::string* value = target.parameter(name);
    return value ? *value : std::string();
}
std::string OssCall::header(std::string_view name) const {
    const std::string* value = request.header(name);
    return value ? *value : std::string();
}
std::string OssCall::listed(std::string_view key) const {
    return parameter("encoding-type") == "url" ? oss_encode(key) : std::string(key);
}

Response oss_error(const Request& request, const std::string& request_id, int status,
                   const std::string& code, const std::string& message, const Details& details) {
    const std::string* host = request.header("host");
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  " +
                      xml_element("Code", code) + "\n  " + xml_element("Message", message) +
                      "\n  " + xml_element("RequestId", request_id) + "\n  " +
                      xml_element("HostId", host ? *host : std::string()) + "\n";
    for (const auto& [name, value] : details) xml += "  " + xml_element(name, value) + "\n";
    xml += "</Error>\n";
    Response response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "application/xml");
    if (request.method == "HEAD") {
        response.headers.emplace_back("x-oss-err", base64(xml));
    } else {
        response.set_body(std::move(xml));
    }
    return response;
}

Response oss_error(const OssCall& call, int status, const std::string& code,
                   const std::string& message, const Details& details) {
    return oss_error(call.request, call.id, status, code, message, details);
}

Response oss_document(std::string xml) {
    Response response;
    response.headers.emplace_back("Content-Type", "application/xml");
    response.set_body("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + std::move(xml));
    return response;
}

Response no_such_key(const OssCall& call, const std::string& key) {
    return oss_error(call, 404, "NoSuchKey", "The specified key does not exist.", {{"Key", key}});
}
Response already_exists(const OssCall& call) {
    return oss_error(call, 409, "FileAlreadyExists",
                     "The object you specified already exists and can not be overwritten.");
}

bool overwrite_forbidden(const OssCall& call) {
    return call.header("x-oss-forbid-overwrite") == "true" &&
           call.bucket->objects.contains(call.target.key);
}

Headers kept_headers(const OssCall& call) {
    Headers kept;
    for (const auto& [name, value] : call.request.headers) {
        const std::string small = lower(name);
        if (small.starts_with("x-oss-meta-") || small == "content-encoding" ||
            small == "cache-control" || small == "content-disposition") {
            kept.emplace_back(small, value);
        } else if (small == "content-type") {
            kept.emplace_back("Content-Type", value);
        }
    }
    if (call.header("content-type").empty()) {
        kept.emplace_back("Content-Type", "application/octet-stream");
    }
    return kept;
}

std::string upper_hex(std::string_view bytes) {
    std::string text = hex(bytes);
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}
std::string quoted(const std::string& etag) {
    return "\"" + etag + "\"";
}

uint64_t oss_crc64(uint64_t crc, std::string_view bytes) {
    return crc64_ecma_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::string oss_time(int64_t ms) {
    return to_iso8601(TimePoint(std::chrono::milliseconds(ms / 1000 * 1000)));
}

}  // namespace millrace::standin
