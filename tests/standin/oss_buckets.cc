// The actions on buckets, deletions, and the table of all actions.
#include "common/crypto/digest.h"
#include "tests/standin/oss_actions.h"
#include "tests/standin/oss_xml.h"
#include "tests/standin/xml.h"

namespace millrace::standin {
namespace {

constexpr const char* kOwner = "<Owner><ID>0001</ID><DisplayName>0001</DisplayName></Owner>";
constexpr const char* kGrant = "<AccessControlList><Grant>private</Grant></AccessControlList>";

std::string bucket_elements(const std::string& name, const OssBucket& bucket) {
    return xml_element("CreationDate", oss_time(bucket.created_ms)) +
           xml_element("ExtranetEndpoint", "oss-cn-hangzhou.aliyuncs.com") +
           xml_element("IntranetEndpoint", "oss-cn-hangzhou-internal.aliyuncs.com") +
           xml_element("Location", "oss-cn-hangzhou") + xml_element("Name", name) +
           xml_element("StorageClass", "Standard");
}

Response list_buckets(OssCall& call) {
    const std::string prefix = call.parameter("prefix");
    std::string xml = std::string("<ListAllMyBucketsResult>") + kOwner + "<Buckets>";
    for (const auto& [name, bucket] : call.buckets) {
        if (!name.starts_with(prefix)) continue;
        xml += "<Bucket>" + bucket_elements(name, bucket) + "</Bucket>";
    }
    return oss_document(xml + "</Buckets></ListAllMyBucketsResult>");
}

Response put_bucket(OssCall& call) {
    if (!call.bucket) call.buckets[call.target.bucket].created_ms = call.now_ms;
    Response response;
    response.headers.emplace_back("Location", "/" + call.target.bucket);
    return response;
}

Response delete_bucket(OssCall& call) {
    if (!call.bucket->objects.empty() || !call.bucket->uploads.empty()) {
        return oss_error(call, 409, "BucketNotEmpty",
                         "The bucket you tried to delete is not empty.",
                         {{"BucketName", call.target.bucket}});
    }
    call.buckets.erase(call.target.bucket);
    Response response;
    response.status = 204;
    return response;
}

Response get_bucket_info(OssCall& call) {
    return oss_document("<BucketInfo><Bucket>" + bucket_elements(call.target.bucket, *call.bucket) +
                        kOwner + kGrant + "</Bucket></BucketInfo>");
}
Response get_bucket_location(OssCall&) {
    return oss_document(xml_element("LocationConstraint", "oss-cn-hangzhou"));
}
Response get_bucket_acl(OssCall&) {
    return oss_document(std::string("<AccessControlPolicy>") + kOwner + kGrant +
                        "</AccessControlPolicy>");
}

Response delete_object(OssCall& call) {
    call.bucket->objects.erase(call.target.key);
    Response response;
    response.status = 204;
    return response;
}

Response delete_multiple_objects(OssCall& call) {
    const std::string sent = call.header("content-md5");
    if (sent.empty()) {
        return oss_error(call, 400, "InvalidArgument", "Missing Content-MD5.");
    }
    if (sent != base64(call.md5)) {
        return oss_error(call, 400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    const auto list = read_delete_list(*call.body);
    if (!list || list->keys.size() > 1000) {
        return oss_error(call, 400, "MalformedXML", "The XML you provided was not well-formed.");
    }
    // One SDK says so in a header instead of the query.
    const bool encoded = call.target.has("encoding-type") || call.header("encoding-type") == "url";
    std::string xml = "<DeleteResult>";
    if (encoded) xml += xml_element("EncodingType", "url");
    for (const std::string& key : list->keys) {
        call.bucket->objects.erase(key);
        xml += "<Deleted>" + xml_element("Key", encoded ? oss_encode(key) : key) + "</Deleted>";
    }
    return list->quiet ? Response() : oss_document(xml + "</DeleteResult>");
}

Response unknown(OssCall& call) {
    return oss_error(call, 501, "NotImplemented", "The stand-in has no such action.");
}

std::string object_action(const Request& request, const OssTarget& target) {
    const std::string& method = request.method;
    const bool copies = request.header("x-oss-copy-source") != nullptr;
    if (target.has("uploadId")) {
        if (method == "PUT") return copies ? "UploadPartCopy" : "UploadPart";
        if (method == "POST") return "CompleteMultipartUpload";
        if (method == "DELETE") return "AbortMultipartUpload";
        if (method == "GET") return "ListParts";
    }
    if (method == "PUT") return copies ? "CopyObject" : "PutObject";
    if (method == "POST" && target.has("uploads")) return "InitiateMultipartUpload";
    if (method == "POST" && target.has("append")) return "AppendObject";
    if (method == "GET") return "GetObject";
    if (method == "HEAD") return "HeadObject";
    if (method == "DELETE") return "DeleteObject";
    return "Unknown";
}

std::string bucket_action(const Request& request, const OssTarget& target) {
    const std::string& method = request.method;
    if (method == "PUT") return "PutBucket";
    if (method == "DELETE") return "DeleteBucket";
    if (method == "POST" && target.has("delete")) return "DeleteMultipleObjects";
    if (method != "GET") return "Unknown";
    if (target.has("bucketInfo")) return "GetBucketInfo";
    if (target.has("location")) return "GetBucketLocation";
    if (target.has("acl")) return "GetBucketAcl";
    if (target.has("uploads")) return "ListMultipartUploads";
    return "ListObjects";
}

}  // namespace

const std::map<std::string, OssAction>& oss_actions() {
    static const std::map<std::string, OssAction> actions = {
        {"AbortMultipartUpload", abort_multipart_upload},
        {"AppendObject", append_object},
        {"CompleteMultipartUpload", complete_multipart_upload},
        {"CopyObject", copy_object},
        {"DeleteBucket", delete_bucket},
        {"DeleteMultipleObjects", delete_multiple_objects},
        {"DeleteObject", delete_object},
        {"GetBucketAcl", get_bucket_acl},
        {"GetBucketInfo", get_bucket_info},
        {"GetBucketLocation", get_bucket_location},
        {"GetObject", get_object},
        {"HeadObject", get_object},
        {"InitiateMultipartUpload", initiate_multipart_upload},
        {"ListBuckets", list_buckets},
        {"ListMultipartUploads", list_multipart_uploads},
        {"ListObjects", list_objects},
        {"ListParts", list_parts},
        {"PutBucket", put_bucket},
        {"PutObject", put_object},
        {"Unknown", unknown},
        {"UploadPart", upload_part},
        {"UploadPartCopy", upload_part_copy},
    };
    return actions;
}

std::string oss_action_name(const Request& request, const OssTarget& target) {
    if (target.bucket.empty()) return request.method == "GET" ? "ListBuckets" : "Unknown";
    return target.key.empty() ? bucket_action(request, target) : object_action(request, target);
}

}  // namespace millrace::standin
