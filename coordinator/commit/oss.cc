#include "coordinator/commit/oss.h"

#include <algorithm>
#include <set>

#include "coordinator/start.h"

namespace millrace {

using nlohmann::json;

namespace {

std::set<std::string> names_of(const std::vector<OssObject>& objects) {
    std::set<std::string> names;
    for (const OssObject& object : objects) names.insert(object.name);
    return names;
}

}  // namespace

OssCommit::OssCommit(const CallContext& context, OssWriterConfig config, oss::Naming naming,
                     TaskId task)
    : client_(context, config.address),
      config_(std::move(config)),
      naming_(std::move(naming)),
      task_(std::move(task)) {}

Status OssCommit::prepare(const InstanceView& instance) {
    const std::string bucket = config_.address.bucket;
    MILLRACE_ASSIGN(const bool exists, client_.bucket_exists());
    if (!exists) {
        return config_error(
            "bucket " + bucket +
            " does not exist: create it, or correct \"bucket\" in the writer's data "
            "source");
    }
    if (config_.write_mode == OssWriteMode::kTruncate) {
        MILLRACE_ASSIGN(const std::vector<OssManifest> found, manifests());
        MILLRACE_TRY(refuse_partial_overlap(found));
    }
    // Only before anything of this run can be there.
    if (config_.write_mode == OssWriteMode::kNonConflict && instance.intent.empty() &&
        instance.kind == RunKind::kFirst) {
        MILLRACE_TRY(refuse_existing_objects());
    }
    return {};
}

Result<std::vector<OssManifest>> OssCommit::manifests() {
    MILLRACE_ASSIGN(const auto listed, client_.list_objects(oss::manifest_prefix(naming_.object)));
    std::vector<OssManifest> found;
    for (const oss::ObjectInfo& object : listed) {
        if (!may_concern(object.key)) continue;
        const Result<Buffer> content = client_.get_object(object.key);
        if (content.status().code() == Code::kNotFound) continue;  // removed meanwhile
        if (!content.ok()) return content.status();
        MILLRACE_ASSIGN(OssManifest manifest, parse_manifest(object.key, content->view()));
        // Names hold only the first digits of a task.
        if (manifest.task == task_) found.push_back(std::move(manifest));
    }
    return found;
}

// "<prefix><start>-<end>_<task8>…": only what overlaps is fetched, a task leaves many manifests.
bool OssCommit::may_concern(std::string_view manifest_key) const {
    const std::string start = to_compact(naming_.window.start);
    const std::string end = to_compact(naming_.window.end);
    const size_t prefix = oss::manifest_prefix(naming_.object).size();
    const size_t window = start.size() + 1 + end.size();
    const std::string mark = "_" + task_.text().substr(0, 8);
    if (manifest_key.size() < prefix + window + mark.size()) return false;
    const std::string_view rest = manifest_key.substr(prefix);
    if (!rest.substr(window).starts_with(mark)) return false;
    const std::string_view its_start = rest.substr(0, start.size());
    const std::string_view its_end = rest.substr(start.size() + 1, end.size());
    return is_moment(naming_.window) ? its_start == its_end : its_start < end && its_end > start;
}

// A run replaces earlier runs of its window in every write mode; truncate also replaces windows
// that lie wholly inside this one, and of a transfer any earlier one.
bool OssCommit::replaces(const OssManifest& manifest) const {
    if (manifest.window == naming_.window) return true;
    if (is_moment(naming_.window)) return config_.write_mode == OssWriteMode::kTruncate;
    return config_.write_mode == OssWriteMode::kTruncate &&
           manifest.window.start >= naming_.window.start &&
           manifest.window.end <= naming_.window.end;
}

Status OssCommit::refuse_partial_overlap(const std::vector<OssManifest>& manifests) const {
    for (const OssManifest& manifest : manifests) {
        const bool overlaps = manifest.window.start < naming_.window.end &&
                              naming_.window.start < manifest.window.end;
        if (overlaps && !replaces(manifest)) {
            return config_error("writeMode truncate: window " + to_text(naming_.window) +
                                " overlaps window " + to_text(manifest.window) + " of manifest " +
                                manifest.name +
                                " only in part; its objects can be neither kept nor removed");
        }
    }
    return {};
}

Status OssCommit::refuse_existing_objects() {
    MILLRACE_ASSIGN(const auto listed, client_.list_objects(naming_.object));
    if (listed.empty()) return {};
    return config_error("writeMode nonConflict: bucket " + config_.address.bucket +
                        " already has " + std::to_string(listed.size()) +
                        " objects that begin with \"" + naming_.object + "\", the first is " +
                        listed.front().key);
}

void OssCommit::add_replaced(const std::vector<OssManifest>& manifests) {
    const std::set<std::string> written = names_of(intent_.objects);
    for (const OssManifest& manifest : manifests) {
        if (!replaces(manifest)) continue;
        if (manifest.name != intent_.manifest) intent_.replaced_manifests.push_back(manifest.name);
        for (const std::string& name : manifest.objects) {
            if (!written.contains(name)) intent_.removed.push_back(name);
        }
    }
}

Result<std::string> OssCommit::make_intent(const InstanceView& instance,
                                           const std::vector<ItemView>& items) {
    intent_ = OssIntent();
    MILLRACE_ASSIGN(intent_.objects, staged_objects(items));
    intent_.manifest = oss::manifest_name(naming_, task_);
    // What an earlier intent of this run has made visible is overwritten.
    intent_.forbid_overwrite =
        config_.write_mode == OssWriteMode::kNonConflict && instance.intent.empty();
    MILLRACE_ASSIGN(const std::vector<OssManifest> found, manifests());
    add_replaced(found);
    if (!instance.intent.empty()) {  // an earlier intent of this run, whose staging was lost
        MILLRACE_ASSIGN(const OssIntent earlier, parse_oss_intent(instance.intent));
        const std::set<std::string> written = names_of(intent_.objects);
        for (const OssObject& object : earlier.objects) {
            if (!written.contains(object.name)) intent_.undone.push_back(object.name);
        }
        for (const std::string& name : earlier.undone) {
            if (!written.contains(name)) intent_.undone.push_back(name);
        }
    }
    return to_json(intent_).dump();
}

Status OssCommit::load(const std::string& intent) {
    MILLRACE_ASSIGN(intent_, parse_oss_intent(intent));
    return {};
}

Status OssCommit::complete(size_t piece) {
    const OssObject& object = intent_.objects.at(piece);
    const Result<oss::ObjectInfo> done = client_.complete_multipart(
        object.name, object.upload, object.parts, intent_.forbid_overwrite);
    if (!done.ok()) return judge_refusal(object, done.status());
    if (done->crc64 && *done->crc64 != object.crc64) {
        return Status(Code::kFatal, "object " + object.name + " has another CRC-64 than its parts");
    }
    return {};
}

// Only these prove that staged work is gone or spoilt (P9); reading the window again mends nothing
// else.
Status OssCommit::judge_refusal(const OssObject& object, const Status& refusal) {
    const std::string& code = refusal.service_code();
    if (code == "FileAlreadyExists") {
        MILLRACE_ASSIGN(const oss::ObjectInfo there, client_.head_object(object.name));
        if (there.length == object.bytes && there.crc64 == object.crc64) return {};
        return config_error("writeMode nonConflict: object " + object.name +
                            " is there already and is not of this run; remove it and run again");
    }
    if (refusal.retryable() || code == "NoSuchUpload" || code == "InvalidPart" ||
        code == "InvalidPartOrder") {
        return refusal;
    }
    const bool settled = refusal.code() == Code::kConfig || refusal.code() == Code::kCancelled;
    return settled ? refusal : Status(Code::kUnknownOutcome, refusal.text());
}

Result<bool> OssCommit::look(size_t piece) {
    const OssObject& object = intent_.objects.at(piece);
    const Result<oss::ObjectInfo> head = client_.head_object(object.name);
    if (head.status().code() == Code::kNotFound) return false;
    if (!head.ok()) return head.status();
    return head->length == object.bytes && head->crc64 == object.crc64;
}

std::vector<ItemId> OssCommit::items_of(size_t piece) const {
    return {intent_.objects.at(piece).item};
}

void OssCommit::describe(json& receipt) const {
    receipt["target"] = {{"kind", "oss"},
                         {"endpoint", config_.address.endpoint.origin()},
                         {"bucket", config_.address.bucket},
                         {"object", naming_.object}};
    receipt["objects"] = json::array();
    for (const OssObject& object : intent_.objects) {
        receipt["objects"].push_back({{"name", object.name},
                                      {"bytes", object.bytes},
                                      {"crc64", std::to_string(object.crc64)},
                                      {"rows", object.rows},
                                      {"sum", object.sum.hex()},
                                      {"parts", object.parts.size()},
                                      {"shard", object.shard.text()}});
    }
    receipt["manifest"] = intent_.manifest;
    receipt["replaces"] = intent_.replaced_manifests;
    receipt["removed"] = intent_.removed;
}

// The manifest is the receipt without what differs between two runs of the same work.
Status OssCommit::publish(const json& receipt) {
    if (!intent_.undone.empty()) MILLRACE_TRY(client_.delete_objects(intent_.undone));
    json manifest = receipt;
    manifest.erase("meta");
    const std::string text = manifest.dump(2) + "\n";
    return client_.put_object(intent_.manifest, text, {.content_type = "application/json"})
        .status();
}

Status OssCommit::clean() {
    MILLRACE_TRY(client_.delete_objects(intent_.removed));
    MILLRACE_TRY(client_.delete_objects(intent_.replaced_manifests));
    return abort_uploads();
}

// Uploads of this window that are open: those of lost attempts.
Status OssCommit::abort_uploads() {
    const std::string prefix = naming_.object + "__" + to_compact(naming_.window.start) + "-" +
                               to_compact(naming_.window.end) + "_";
    MILLRACE_ASSIGN(const auto uploads, client_.list_multipart_uploads(prefix));
    for (const oss::UploadInfo& upload : uploads) {
        MILLRACE_TRY(client_.abort_multipart(upload.key, upload.upload_id));
    }
    return {};
}

}  // namespace millrace
