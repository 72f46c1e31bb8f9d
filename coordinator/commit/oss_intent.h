// What the commit of an instance will do to a bucket: which objects become visible, which
// disappear.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/services/oss/client.h"
#include "common/services/oss/names.h"
#include "common/store/state_store.h"

namespace millrace {

struct OssObject {
    std::string name;
    std::string upload;
    ItemId item;
    ShardId shard;
    uint64_t bytes = 0;
    uint64_t crc64 = 0;
    uint64_t rows = 0;
    Sum128 sum;
    std::vector<oss::CompletedPart> parts;
};

struct OssIntent {
    std::vector<OssObject> objects;
    std::string manifest;
    std::vector<std::string> replaced_manifests;
    // Removed after the commit: what replaced manifests list and this run did not write again.
    std::vector<std::string> removed;
    // Removed before the receipt: made visible by an earlier intent of this run whose staging was
    // lost, and not written again.
    std::vector<std::string> undone;
    bool forbid_overwrite = false;
};

// A manifest that lies in the bucket, as far as the commit needs it.
struct OssManifest {
    std::string name;
    TaskId task;
    Window window;
    std::vector<std::string> objects;
};
Result<OssManifest> parse_manifest(const std::string& name, std::string_view json);

// The objects that the items have staged: exactly the parts of their checkpoints.
Result<std::vector<OssObject>> staged_objects(const std::vector<ItemView>& items);

nlohmann::json to_json(const OssIntent& intent);
Result<OssIntent> parse_oss_intent(const std::string& json);

}  // namespace millrace
