#include "coordinator/commit/oss_intent.h"

#include <charconv>
#include <map>
#include <set>

#include "common/codec/crc64.h"
#include "common/services/oss/staging.h"

namespace millrace {

using nlohmann::json;

namespace {

// CRC-64 values stand in JSON as decimal text: many readers of JSON keep only 53 bits of a number.
uint64_t to_crc(const std::string& text) {
    uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

template <typename T, typename Read>
Result<T> parsed(std::string_view text, const std::string& what, Read read) {
    try {
        return read(json::parse(text));
    } catch (const json::exception& error) {
        return Status(Code::kCorrupt, what + " is malformed: " + error.what());
    }
}

Status add_part(const ItemView& item, const Part& part, std::map<uint32_t, OssObject>& objects) {
    MILLRACE_ASSIGN(const oss::StagedPart staged, oss::StagedPart::parse(part.data));
    OssObject& object = objects[part.object];
    if (object.parts.empty()) {
        object.name = staged.name;
        object.upload = staged.upload;
        object.item = item.item;
        object.shard = item.shard;
    }
    object.crc64 = crc64_combine(object.crc64, staged.crc64, staged.bytes);
    object.bytes += staged.bytes;
    object.rows += staged.rows;
    object.sum.add(staged.sum);
    object.parts.push_back({staged.number, staged.etag});
    return {};
}

OssObject read_object(const json& from) {
    OssObject object;
    object.name = from.at("name").get<std::string>();
    object.upload = from.at("upload").get<std::string>();
    object.item = ItemId(from.at("item").get<std::string>());
    object.shard = ShardId(from.at("shard").get<std::string>());
    object.bytes = from.at("bytes").get<uint64_t>();
    object.crc64 = to_crc(from.at("crc64").get<std::string>());
    object.rows = from.at("rows").get<uint64_t>();
    if (const auto sum = Sum128::parse(from.at("sum").get<std::string>()); sum.ok())
        object.sum = *sum;
    for (const json& part : from.at("parts")) {
        object.parts.push_back({part.at(0).get<uint32_t>(), part.at(1).get<std::string>()});
    }
    return object;
}

}  // namespace

Result<OssManifest> parse_manifest(const std::string& name, std::string_view text) {
    return parsed<OssManifest>(text, "manifest " + name, [&](const json& from) {
        OssManifest manifest{name, TaskId(from.at("task").get<std::string>()), {}, {}};
        manifest.window.start = from_millis(from.at("window").at("start_ms").get<int64_t>());
        manifest.window.end = from_millis(from.at("window").at("end_ms").get<int64_t>());
        for (const json& object : from.at("objects")) {
            manifest.objects.push_back(object.at("name").get<std::string>());
        }
        return manifest;
    });
}

Result<std::vector<OssObject>> staged_objects(const std::vector<ItemView>& items) {
    std::vector<OssObject> all;
    std::set<std::string> names;
    for (const ItemView& item : items) {
        std::map<uint32_t, OssObject> objects;
        for (const Part& part : item.progress.new_parts)
            MILLRACE_TRY(add_part(item, part, objects));
        for (auto& [number, object] : objects) {
            if (!names.insert(object.name).second) {
                return fatal_error("two shards would write object " + object.name);
            }
            all.push_back(std::move(object));
        }
    }
    return all;
}

json to_json(const OssIntent& intent) {
    json objects = json::array();
    for (const OssObject& object : intent.objects) {
        json parts = json::array();
        for (const auto& part : object.parts) parts.push_back({part.number, part.etag});
        objects.push_back({{"name", object.name},
                           {"upload", object.upload},
                           {"item", object.item.text()},
                           {"shard", object.shard.text()},
                           {"bytes", object.bytes},
                           {"crc64", std::to_string(object.crc64)},
                           {"rows", object.rows},
                           {"sum", object.sum.hex()},
                           {"parts", parts}});
    }
    return {{"v", 1},
            {"kind", "oss"},
            {"objects", objects},
            {"manifest", intent.manifest},
            {"replaced_manifests", intent.replaced_manifests},
            {"removed", intent.removed},
            {"undone", intent.undone},
            {"forbid_overwrite", intent.forbid_overwrite}};
}

Result<OssIntent> parse_oss_intent(const std::string& text) {
    return parsed<OssIntent>(text, "the intent in the ledger", [](const json& from) {
        OssIntent intent;
        for (const json& object : from.at("objects")) intent.objects.push_back(read_object(object));
        intent.manifest = from.at("manifest").get<std::string>();
        intent.replaced_manifests = from.at("replaced_manifests").get<std::vector<std::string>>();
        intent.removed = from.at("removed").get<std::vector<std::string>>();
        intent.undone = from.at("undone").get<std::vector<std::string>>();
        intent.forbid_overwrite = from.at("forbid_overwrite").get<bool>();
        return intent;
    });
}

}  // namespace millrace
