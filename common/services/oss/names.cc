#include "common/services/oss/names.h"

#include <xxhash.h>

#include <cstdio>
#include <set>

namespace millrace::oss {
namespace {

std::string window_text(const Window& window) {
    return to_compact(window.start) + "-" + to_compact(window.end);
}

std::string replay_text(int replay) {
    return replay == 0 ? "" : "_r" + std::to_string(replay);
}

}  // namespace

std::string shard_text(const ShardId& shard, int digits) {
    char text[17];
    const unsigned long long hash = XXH3_64bits(shard.text().data(), shard.text().size());
    std::snprintf(text, sizeof text, "%016llx", hash);
    return std::string(text, static_cast<size_t>(digits));
}

int shard_digits_for(std::span<const ShardId> shards) {
    std::set<std::string> seen;
    std::set<ShardId> distinct(shards.begin(), shards.end());
    for (const ShardId& shard : distinct) {
        if (!seen.insert(shard_text(shard, 8)).second) return 16;
    }
    return 8;
}

std::string object_name(const Naming& naming, const ShardId& shard, uint32_t number) {
    char digits[16];
    std::snprintf(digits, sizeof digits, "%04u", number);
    return naming.object + "__" + window_text(naming.window) + "_" +
           shard_text(shard, naming.shard_digits) + "_" + digits + replay_text(naming.replay) +
           naming.suffix;
}

std::string manifest_prefix(const std::string& object) {
    const size_t slash = object.rfind('/');
    const size_t name = slash == std::string::npos ? 0 : slash + 1;
    return object.substr(0, name) + "_millrace/" + object.substr(name) + "__";
}

std::string manifest_name(const Naming& naming, const TaskId& task) {
    return manifest_prefix(naming.object) + window_text(naming.window) + "_" +
           task.text().substr(0, 8) + replay_text(naming.replay) + ".json";
}

}  // namespace millrace::oss
