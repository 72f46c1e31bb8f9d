#include <algorithm>
#include <cstdlib>

#include "common/crypto/digest.h"
#include "tests/standin/oss_actions.h"
#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

constexpr size_t kKeysMax = 1000, kKeysDefault = 100;

struct Page {
    std::string contents, prefixes;
    size_t count = 0;
    std::string last;  // key or common prefix
    bool more = false;
};

std::string entry_of(const OssCall& call, const std::string& key, const OssObject& object,
                     bool owner) {
    std::string xml = "<Contents>" + xml_element("Key", call.listed(key)) +
                      xml_element("LastModified", oss_time(object.modified_ms)) +
                      xml_element("ETag", object.etag) + xml_element("Type", object.type) +
                      xml_element("Size", std::to_string(object.bytes->size())) +
                      xml_element("StorageClass", "Standard");
    if (owner) xml += "<Owner><ID>0001</ID><DisplayName>0001</DisplayName></Owner>";
    return xml + "</Contents>";
}

// Keys and common prefixes share the budget, in the order of keys.
Page page_of(const OssCall& call, const std::string& after, size_t max, bool owner) {
    const std::string prefix = call.parameter("prefix"), delimiter = call.parameter("delimiter");
    const auto& objects = call.bucket->objects;
    Page page;
    auto at = objects.upper_bound(after);
    if (after < prefix) at = objects.lower_bound(prefix);
    while (at != objects.end() && at->first.starts_with(prefix)) {
        const size_t cut =
            delimiter.empty() ? std::string::npos : at->first.find(delimiter, prefix.size());
        const std::string common =
            cut == std::string::npos ? "" : at->first.substr(0, cut + delimiter.size());
        // A marker that is itself a common prefix stands behind everything below it.
        const bool behind_marker = !common.empty() && common <= after;
        if (!behind_marker) {
            if (page.count == max) {
                page.more = true;
                return page;
            }
            ++page.count;
            page.last = common.empty() ? at->first : common;
            if (common.empty()) {
                page.contents += entry_of(call, at->first, at->second, owner);
            } else {
                page.prefixes += "<CommonPrefixes>" + xml_element("Prefix", call.listed(common)) +
                                 "</CommonPrefixes>";
            }
        }
        if (common.empty()) {
            ++at;
        } else {
            while (at != objects.end() && at->first.starts_with(common)) ++at;
        }
    }
    return page;
}

}  // namespace

Response list_objects(OssCall& call) {
    const std::string asked = call.parameter("max-keys");
    const size_t max = asked.empty() ? kKeysDefault : std::strtoull(asked.c_str(), nullptr, 10);
    if (max < 1 || max > kKeysMax) {
        return oss_error(call, 400, "InvalidArgument", "max-keys must be between 1 and 1000.",
                         {{"ArgumentName", "max-keys"}, {"ArgumentValue", asked}});
    }
    const bool v2 = call.parameter("list-type") == "2";
    const std::string token = call.parameter("continuation-token");
    const std::string start = call.parameter(v2 ? "start-after" : "marker");
    const std::string after = token.empty() ? start : from_base64(token);
    const bool owner = !v2 || call.parameter("fetch-owner") == "true";
    const Page page = page_of(call, after, max, owner);
    std::string xml = "<ListBucketResult>" + xml_element("Name", call.target.bucket) +
                      xml_element("Prefix", call.listed(call.parameter("prefix")));
    xml += xml_element(v2 ? "StartAfter" : "Marker", call.listed(start));
    if (v2 && !token.empty()) xml += xml_element("ContinuationToken", token);
    if (page.more) {
        xml += v2 ? xml_element("NextContinuationToken", base64(page.last))
                  : xml_element("NextMarker", call.listed(page.last));
    }
    if (v2) xml += xml_element("KeyCount", std::to_string(page.count));
    xml += xml_element("MaxKeys", std::to_string(max)) +
           xml_element("Delimiter", call.listed(call.parameter("delimiter")));
    if (call.target.has("encoding-type")) xml += xml_element("EncodingType", "url");
    return oss_document(xml + xml_element("IsTruncated", page.more ? "true" : "false") +
                        page.contents + page.prefixes + "</ListBucketResult>");
}

}  // namespace millrace::standin
